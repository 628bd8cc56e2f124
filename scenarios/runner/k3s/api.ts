// The Kubernetes API of a cluster: calls with an answer, and which path a resource has there.
import { createClock } from '../../../src/io/clock.ts';
import type { HttpClient } from '../../../src/ports/http.ts';
import { callJson, type JsonReply } from '../../../src/ports/json-call.ts';

const timeoutMs = 20_000;
const bytesMax = 64 * 1024 * 1024;
const clock = createClock();

export interface ApiResource {
  /** 'deployments.apps', 'services' */
  readonly resource: string;
  readonly plural: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export interface Api {
  readonly http: HttpClient;
  call(method: string, path: string, body?: unknown, contentType?: string): Promise<JsonReply>;
  find(resource: string): ApiResource | null;
  ofKind(apiVersion: string, kind: string): ApiResource | null;
  /** Of the collection in a namespace ('' = of the whole cluster), or of one object in it. */
  path(resource: ApiResource, namespace: string, name?: string): string;
}

/** What a failed call says, as a sentence. */
export function sentenceOf({ error, status, body }: JsonReply): string {
  const message = (body as { readonly message?: unknown } | null)?.message;
  return error ?? (typeof message === 'string' ? message : `HTTP ${status}`);
}

interface ResourceList {
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
  }[];
}

interface GroupList {
  readonly groups: readonly {
    readonly name: string;
    readonly versions: readonly { readonly groupVersion: string }[];
  }[];
}

/** Groups that scenarios have something of. */
const isUsed = (group: string): boolean =>
  [
    'apps',
    'networking.k8s.io',
    'discovery.k8s.io',
    'rbac.authorization.k8s.io',
    'apiextensions.k8s.io',
  ].includes(group) || group.endsWith('konghq.com');

const isDone = ({ status }: JsonReply): boolean => status >= 200 && status < 300;

/** Throws a sentence where the API cannot be reached. */
export async function connectApi(http: HttpClient): Promise<Api> {
  const call: Api['call'] = (method, path, body, contentType) =>
    new Promise((resolve) => {
      const request = {
        method,
        path,
        ...(body === undefined ? {} : { body }),
        ...(contentType === undefined ? {} : { contentType }),
      };
      callJson(http, clock, request, { timeoutMs, bytesMax }, resolve);
    });
  const read = async <T>(path: string): Promise<T> => {
    const reply = await call('GET', path);
    if (!isDone(reply))
      throw new Error(`the Kubernetes API does not answer: GET ${path}: ${sentenceOf(reply)}`);
    return reply.body as T;
  };
  const found: Map<string, ApiResource> = new Map();
  const take = (apiVersion: string, group: string, list: ResourceList): void => {
    for (const { name, kind, namespaced } of list.resources) {
      const resource = group === '' ? name : `${name}.${group}`;
      if (name.includes('/') || found.has(resource)) continue;
      found.set(resource, { resource, plural: name, apiVersion, kind, namespaced });
    }
  };
  take('v1', '', await read<ResourceList>('/api/v1'));
  for (const { name, versions } of (await read<GroupList>('/apis')).groups.filter((group) =>
    isUsed(group.name),
  ))
    for (const { groupVersion } of versions)
      take(groupVersion, name, await read<ResourceList>(`/apis/${groupVersion}`));
  return {
    http,
    call,
    find: (resource) => found.get(resource) ?? null,
    ofKind: (apiVersion, kind) =>
      [...found.values()].find((one) => one.apiVersion === apiVersion && one.kind === kind) ?? null,
    path({ apiVersion, plural, namespaced }, namespace, name) {
      const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
      const place = namespaced && namespace !== '' ? `/namespaces/${namespace}` : '';
      return `${base}${place}/${plural}${name === undefined ? '' : `/${name}`}`;
    },
  };
}

/** As `kubectl apply --server-side --force-conflicts`: what is there is changed, what is not is made. Throws a sentence. */
export async function applyObject(api: Api, object: Readonly<Record<string, unknown>>): Promise<void> {
  const { apiVersion, kind, metadata } = object as {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly namespace?: string };
  };
  const resource = api.ofKind(apiVersion, kind);
  if (resource === null) throw new Error(`the cluster does not know ${apiVersion} ${kind}`);
  const path = `${api.path(resource, metadata.namespace ?? '', metadata.name)}?fieldManager=tidegate-scenario&force=true`;
  const reply = await api.call('PATCH', path, object, 'application/apply-patch+yaml');
  if (!isDone(reply)) throw new Error(`${kind} ${metadata.name}: ${sentenceOf(reply)}`);
}
