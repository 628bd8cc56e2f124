// Controller and proxy in one process: what `run` is in a pod, and what `dev` starts beside its cluster.
import type { ControllerOptions } from '../control/control.ts';
import { inProcessGateway } from '../control/in-process.ts';
import type { SupervisedController } from '../control/supervise.ts';
import type { Env } from '../ports/env.ts';
import type { KubeApi } from '../ports/kube-api.ts';
import { startController } from './controller-options.ts';
import { type Gateway, type GatewayOptions, startGateway } from './gateway.ts';

export interface Combined {
  readonly gateway: Gateway;
  readonly controller: SupervisedController;
  /** The controller pushes nothing from now on; requests finish. */
  stop(drainDeadlineMs: number): Promise<void>;
}

export interface CombinedOptions {
  readonly api: KubeApi;
  readonly gateway: GatewayOptions;
  readonly controller: ControllerOptions;
}

export async function startCombined(env: Env, options: CombinedOptions): Promise<Combined> {
  const gateway = await startGateway(env, options.gateway);
  const own = inProcessGateway(env.clock, 'in-process', gateway.admin);
  const controller = startController(env, options.api, [own], options.controller);
  return {
    gateway,
    controller,
    async stop(drainDeadlineMs) {
      const controllerStopped = new Promise<void>((resolve) => controller.stop(resolve));
      await Promise.all([controllerStopped, gateway.drain(drainDeadlineMs)]);
    },
  };
}
