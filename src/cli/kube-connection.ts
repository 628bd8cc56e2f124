// The Kubernetes API that options name; without one there is nothing to do.
import { createKubeApi, type KubeConnection } from '../io/kube-api.ts';
import { CommandError, exitEnvironment } from './exit-codes.ts';

/** Values of the options --kubeconfig and --context. Throws a CommandError. */
export async function connectTo(kubeconfig: unknown, context: unknown): Promise<KubeConnection> {
  try {
    return await createKubeApi({
      ...(kubeconfig === undefined ? {} : { kubeconfig: String(kubeconfig) }),
      ...(context === undefined ? {} : { context: String(context) }),
    });
  } catch (error) {
    throw new CommandError(
      exitEnvironment,
      `no Kubernetes API: ${(error as Error).message}; give --kubeconfig FILE`,
    );
  }
}
