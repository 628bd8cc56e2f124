// All controllers of the simulated cluster, started together over one store.
import type { Controller, ControllerPorts } from './controller.ts';
import { startDeploymentController } from './deployment.ts';
import { startEndpointSliceController } from './endpoint-slice.ts';
import { startReplicaSetController } from './replica-set.ts';

export interface ControllersOptions extends ControllerPorts {
  /** Endpoints per slice, 1 to 1000; small numbers bring slice splits out. */
  readonly endpointsPerSliceMax?: number;
}

export function startControllers(options: ControllersOptions): Controller {
  const controllers: readonly Controller[] = [
    startDeploymentController(options),
    startReplicaSetController(options),
    startEndpointSliceController(options, options),
  ];
  return {
    stop() {
      for (const controller of controllers) controller.stop();
    },
  };
}
