// Carries out one change of the script through the API server's HTTP front, as kubectl and controllers do.
import type { ApiServer } from '../../../sim/cluster/api-server.ts';
import { apiVersionOf, collectionPath } from '../../../src/watch/kind.ts';
import { ask, type Exchange } from '../api-server/ask.ts';
import { type Change, kinds } from './script.ts';

const finalizers = ['tidegate.example/held'];

/** Words of several bytes a letter, so that a line can be torn inside one. */
function noteOf(serial: number): string {
  return `änderung № ${serial} – ${'é'.repeat(serial % 7)}`;
}

function contentOf(change: Change): Readonly<Record<string, unknown>> {
  const { kind, serial } = change;
  if (kind === 'secrets')
    return { type: 'Opaque', data: { token: Buffer.from(String(serial)).toString('base64') } };
  if (kind === 'kongplugins')
    return { plugin: 'rate-limiting', config: { minute: serial, tags: [serial % 5, 'ü'] } };
  const backend = { service: { name: 'shop', port: { number: 1 + (serial % 60_000) } } };
  const paths = [{ path: `/${serial % 9}`, pathType: 'Prefix', backend }];
  return { spec: { ingressClassName: 'kong', rules: [{ host: 'shop.example', http: { paths } }] } };
}

function objectOf(change: Change): Record<string, unknown> {
  const { kind, namespace, name, serial, verb } = change;
  const metadata = {
    name,
    namespace,
    labels: { serial: String(serial) },
    annotations: { note: noteOf(serial) },
    ...(verb === 'hold' ? { finalizers } : {}),
  };
  return { apiVersion: apiVersionOf(kinds[kind]), kind: kinds[kind].kind, metadata, ...contentOf(change) };
}

function statusOf(change: Change): unknown {
  const { serial } = change;
  if (change.kind === 'ingresses') {
    const ip = `10.${(serial >> 16) & 255}.${(serial >> 8) & 255}.${serial & 255}`;
    return { loadBalancer: { ingress: [{ ip }] } };
  }
  const lastTransitionTime = '2026-01-02T03:04:05Z';
  const condition = { type: 'Programmed', status: 'True', reason: 'Serial', message: noteOf(serial) };
  return { conditions: [{ ...condition, lastTransitionTime }] };
}

const patchType = {
  merge: 'application/merge-patch+json',
  status: 'application/merge-patch+json',
  release: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

function patchOf(change: Change): unknown {
  const { verb, serial } = change;
  const metadata = { labels: { serial: String(serial) }, annotations: { note: noteOf(serial) } };
  if (verb === 'status') return { status: statusOf(change) };
  if (verb === 'release') return { metadata: { ...metadata, finalizers: null } };
  if (verb === 'apply') return objectOf(change);
  if (verb !== 'json') return { metadata, ...contentOf(change) };
  return [
    { op: 'add', path: '/metadata/labels', value: metadata.labels },
    { op: 'add', path: '/metadata/annotations', value: metadata.annotations },
  ];
}

function send(api: ApiServer, change: Change): Exchange {
  const { kind, namespace, name, verb } = change;
  const collection = collectionPath(kinds[kind], namespace);
  const path = `${collection}/${name}`;
  if (verb === 'create' || verb === 'hold') return ask(api, 'POST', collection, { body: objectOf(change) });
  if (verb === 'delete') return ask(api, 'DELETE', path);
  if (verb !== 'update') {
    const query = verb === 'apply' ? '?fieldManager=script&force=true' : '';
    const target = verb === 'status' ? `${path}/status` : `${path}${query}`;
    return ask(api, 'PATCH', target, { body: patchOf(change), type: patchType[verb] });
  }
  const current = ask(api, 'GET', path).body as { metadata: Record<string, unknown> };
  const object = objectOf(change) as { metadata: Record<string, unknown> };
  return ask(api, 'PUT', path, {
    body: { ...current, ...object, metadata: { ...current.metadata, ...object.metadata } },
  });
}

/** Throws unless the change took exactly one version. */
export function write(api: ApiServer, change: Change): void {
  const before = api.store.resourceVersion;
  const answer = send(api, change);
  const took = api.store.resourceVersion - before;
  if (answer.status >= 300 || took !== 1)
    throw new Error(
      `${JSON.stringify(change)}: HTTP ${answer.status}, ${took} versions: ${answer.text.slice(0, 500)}`,
    );
}
