// Where a bundle is read from: a Kubernetes API, and gateways by URL or through that API. Reads, nothing else.
import { createClock } from '../../io/clock.ts';
import { createHttpClient } from '../../io/http-client.ts';
import type { KubeObject } from '../../kube/object.ts';
import type { HttpClient } from '../../ports/http.ts';
import { callJson, type JsonReply } from '../../ports/json-call.ts';
import { limits } from './format.ts';

const timeoutMs = 20_000;
const pageItems = 500;
const pageBytesMax = 64 * 1024 * 1024;

/** A reply as text or as JSON; `error` says why there is none. */
export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly error: string;
}

const clock = createClock();

/** The first bytes of a body, whatever it is. */
export function readText(http: HttpClient, path: string, bytesMax: number): Promise<Reply> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let size = 0;
    let over = false;
    const finish = (error: string): void => {
      if (over) return;
      over = true;
      deadline.cancel();
      call.cancel();
      resolve({ status, text: Buffer.concat(chunks).toString('utf8'), error });
    };
    const deadline = clock.after(timeoutMs, () => finish('no answer in time'));
    const call = http.request(
      { method: 'GET', path, headers: { accept: 'text/plain, application/json' }, body: null },
      {
        onHead(code) {
          status = code;
        },
        onData(bytes) {
          size += bytes.length;
          chunks.push(bytes);
          if (size > bytesMax) finish(`more than ${bytesMax} bytes`);
        },
        onEnd: (error) => finish(error ?? (status >= 400 ? `HTTP ${status}` : '')),
      },
    );
  });
}

function readJson(http: HttpClient, path: string): Promise<JsonReply> {
  return new Promise((resolve) => {
    callJson(http, clock, { method: 'GET', path }, { timeoutMs, bytesMax: pageBytesMax }, resolve);
  });
}

export interface Listed {
  readonly objects: readonly KubeObject[];
  /** Why they are not all there; '' = they are. */
  readonly missing: string;
}

/** All objects at a path, page by page, up to `countMax`. A kind that the server does not have has no objects. */
export async function listAll(
  http: HttpClient,
  path: string,
  gvk: { readonly apiVersion: string; readonly kind: string },
  countMax: number = limits.objectsOfKind,
): Promise<Listed> {
  const objects: KubeObject[] = [];
  let token = '';
  do {
    const query = new URLSearchParams({
      limit: String(pageItems),
      ...(token === '' ? {} : { continue: token }),
    });
    const reply = await readJson(http, `${path}?${query}`);
    if (reply.status === 404) return { objects, missing: '' };
    if (reply.status !== 200)
      return { objects, missing: `${path}: ${reply.error ?? `HTTP ${reply.status}`}` };
    const list = reply.body as {
      readonly items?: readonly KubeObject[] | null;
      readonly metadata?: { readonly continue?: string };
    };
    for (const item of list.items ?? []) objects.push({ ...item, ...gvk });
    token = list.metadata?.continue ?? '';
    if (objects.length > countMax)
      return { objects: objects.slice(0, countMax), missing: `${path}: only the first ${countMax}` };
  } while (token !== '');
  return { objects, missing: '' };
}

/** '' where it does not say. */
export async function kubernetesVersion(http: HttpClient): Promise<string> {
  const reply = await readJson(http, '/version');
  return reply.status === 200 ? String((reply.body as { gitVersion?: unknown }).gitVersion ?? '') : '';
}

/** A gateway whose page with metrics can be read. */
export interface Gateway {
  readonly name: string;
  readonly http: HttpClient;
  /** Before '/metrics'. */
  readonly prefix: string;
  close(): void;
}

export function gatewayAt(url: string): Gateway {
  const client = createHttpClient({ url });
  return { name: url, http: client, prefix: '', close: () => client.close() };
}

export interface PodLike {
  readonly namespace: string;
  readonly name: string;
}

/** Through the API server, which reaches pods where we do not. */
export function gatewayInPod(http: HttpClient, { namespace, name }: PodLike, port: number): Gateway {
  const prefix = `/api/v1/namespaces/${namespace}/pods/${name}:${port}/proxy`;
  return { name: `${namespace}/${name}`, http, prefix, close: () => undefined };
}

export const readMetrics = ({ http, prefix }: Gateway): Promise<Reply> =>
  readText(http, `${prefix}/metrics`, limits.metricsBytes);

export const configIdIn = (metrics: string): string =>
  /^tidegate_config_info\{id="([0-9a-f]+)"\} 1$/m.exec(metrics)?.[1] ?? '';
