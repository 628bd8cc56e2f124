// `kubectl logs`: the text of a container that this runner keeps.
import { fail, ok } from '../../src/base/result.ts';
import type { PodLogs } from '../cluster/api/logs.ts';
import { asPod } from '../cluster/controllers/kinds.ts';
import type { RunningPod } from '../cluster/pod-runner.ts';
import type { ClusterStore } from '../cluster/store-api.ts';

/** What the API server asks for logs, over the pods that `find` knows. */
export function createPodLogs(
  store: () => ClusterStore,
  find: (namespace: string, pod: string) => RunningPod | null,
): PodLogs {
  return {
    read(namespace, name, options) {
      const object = store().get('pods', namespace, name);
      if (object === null) return fail(`pods "${name}" not found`);
      const container = options.container === '' ? asPod(object).spec.containers[0]!.name : options.container;
      const running = find(namespace, name);
      if (running === null) {
        return fail(`container "${container}" in pod "${name}" is waiting to start: ContainerCreating`);
      }
      return ok(running.logs(container, options.previous));
    },
    since: (namespace, name, container, from) => find(namespace, name)?.logLines(container, from) ?? null,
  };
}
