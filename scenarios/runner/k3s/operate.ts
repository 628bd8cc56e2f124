// The operator of a scenario as calls of the Kubernetes API, in the names of the cluster.
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import type { Operation } from '../../../sim/history/plan.ts';
import { type Api, type ApiResource, sentenceOf } from './api.ts';
import type { Mirror } from './mirror.ts';
import type { Names } from './names.ts';
import { runLabel } from './proxies.ts';
import type { RunTime } from './time.ts';
import { withPodServers } from './workloads.ts';

export interface OperateParts {
  readonly api: Api;
  readonly names: Names;
  readonly mirror: Mirror;
  readonly time: RunTime;
  readonly image: string;
  readonly run: string;
}

type Fields = Readonly<Record<string, unknown>>;

const goneWithinUs = 5_000_000;
const lookEveryMs = 20;

/** Name of a cluster-wide object that runs have one each of. */
function nameIn(names: Names, { kind }: ApiResource, name: string): string {
  if (kind === 'Namespace') return names.namespace(name);
  return kind === 'IngressClass' ? names.ingressClass(name) : name;
}

function withLabel(object: Fields, run: string): Fields {
  const metadata = (object['metadata'] ?? {}) as { readonly labels?: Readonly<Record<string, string>> };
  return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, [runLabel]: run } } };
}

/** What is deleted is seen as deleted before the next step. */
function seenGone({ mirror, time }: OperateParts, { resource, namespace, name }: Operation): Promise<void> {
  const untilUs = time.nowUs() + goneWithinUs;
  return new Promise((resolve) => {
    const look = (): void => {
      const object = mirror.get(resource, namespace, name);
      if (object === null || object.metadata.deletionTimestamp !== undefined || time.nowUs() > untilUs)
        resolve();
      else time.after(lookEveryMs, look);
    };
    look();
  });
}

/** null, or a sentence where the cluster refuses it. */
export async function operateIn(parts: OperateParts, operation: Operation): Promise<string | null> {
  const { api, names, mirror, image, run } = parts;
  const { verb, resource, namespace, name } = operation;
  const found = api.find(resource);
  if (found === null) return `the cluster does not have ${resource}`;
  const place = namespace === '' ? '' : names.namespace(namespace);
  const path = api.path(found, place, nameIn(names, found, name));
  const given = operation.body === null ? {} : withPodServers(names.into(operation.body as Fields), image);
  const isWhole = verb === 'create' || verb === 'replace';
  const body = isWhole ? withLabel(given, run) : given;
  const reply =
    verb === 'create'
      ? await api.call('POST', api.path(found, place), body)
      : verb === 'replace'
        ? await api.call('PUT', path, body)
        : verb === 'merge'
          ? await api.call('PATCH', path, body, 'application/merge-patch+json')
          : await api.call('DELETE', path);
  if (reply.status < 200 || reply.status >= 300) return sentenceOf(reply);
  if (verb === 'delete') await seenGone(parts, operation);
  else mirror.learn(resource, reply.body as StoredObject);
  return null;
}
