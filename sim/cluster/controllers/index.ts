// All controllers of the simulated cluster, started together over one store.
import type { Controller, ControllerPorts } from './controller.ts';
import { startCronJobController } from './cron-job.ts';
import { startDaemonSetController } from './daemon-set.ts';
import { startDeploymentController } from './deployment.ts';
import { startDisruptionController } from './disruption.ts';
import { startEndpointSliceController } from './endpoint-slice.ts';
import { startEndpointsController } from './endpoints.ts';
import { startGarbageCollector } from './garbage-collector.ts';
import { startJobController } from './job.ts';
import { startNamespaceController } from './namespace.ts';
import { startNodeHealthController } from './node-health.ts';
import { startReplicaSetController } from './replica-set.ts';
import { startServiceController } from './service.ts';
import { startStatefulSetController } from './stateful-set.ts';

export interface ControllersOptions extends ControllerPorts {
  /** Endpoints per slice, 1 to 1000; small numbers bring slice splits out. */
  readonly endpointsPerSliceMax?: number;
  /** Endpoints objects beside the slices; true unless said otherwise. */
  readonly legacyEndpoints?: boolean;
  /** A node whose lease has not changed for so long counts as lost. */
  readonly nodeGraceMs?: number;
  /** What Services of type LoadBalancer get. */
  readonly loadBalancerAddress?: string;
}

export function startControllers(options: ControllersOptions): Controller {
  const controllers: readonly Controller[] = [
    startDeploymentController(options),
    startReplicaSetController(options),
    startStatefulSetController(options),
    startDaemonSetController(options),
    startJobController(options),
    startCronJobController(options),
    startEndpointSliceController(options, options),
    ...(options.legacyEndpoints === false ? [] : [startEndpointsController(options)]),
    startDisruptionController(options),
    startServiceController(options, options.loadBalancerAddress ?? '127.0.0.1'),
    startNamespaceController(options),
    startGarbageCollector(options),
    startNodeHealthController(options, options),
  ];
  return {
    stop() {
      for (const controller of controllers) controller.stop();
    },
  };
}
