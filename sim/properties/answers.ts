// What kind of answer a client got, read from the answer alone.
import type { RequestRecord } from '../evidence/evidence.ts';

/** A pod answered and the gateway passed it on. */
export const isFromPod = ({ headers }: RequestRecord): boolean =>
  headers['x-kong-upstream-latency'] !== undefined;

/** The gateway answered by itself. */
export const isFromGateway = (request: RequestRecord): boolean =>
  request.status !== 0 && request.status !== 101 && !isFromPod(request);

/** The client went away on its own, or has to repeat what it had pipelined behind an answer that closed the connection. */
export const isAborted = ({ error }: RequestRecord): boolean => error === 'aborted' || error === 'unanswered';

/**
 * Its answers wait with its own kernel, so a gateway may have closed the connection as idle long before it is through with
 * them: then it may lose them to its next request.
 */
export const readsSlowly = ({ readBytesPerSecond }: RequestRecord): boolean => readBytesPerSecond > 0;

/**
 * Every pod that could be tried was tried, and failed. An answer to HEAD has no text to tell it by, but what the gateway
 * knows beforehand it says in JSON, and what it learns on the way in plain text.
 */
export const isExhausted = ({ status, body, method, headers }: RequestRecord): boolean =>
  status === 503 &&
  (method === 'HEAD'
    ? headers['content-type']?.startsWith('text/plain') === true
    : body.includes('The upstream server is currently unavailable'));

/** The answer came to its announced end; what a client closes or adds afterwards is another matter. */
export const isWhole = ({ status, complete }: RequestRecord): boolean => status !== 0 && complete;

const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']);

/** Longer bodies are passed on as they come and kept by nobody. */
const keptBytesMax = 60_000;

/** It may be sent again when it is not known whether it was carried out. */
export const isRepeatable = ({ method, kind, bodyBytes }: RequestRecord): boolean =>
  kind === 'plain' && repeatable.has(method) && bodyBytes <= keptBytesMax;

/** The sender of PROXY protocol headers is one of those that gateways are told to believe: 192.168.0.0/17. */
function isBelieved(address: string): boolean {
  const [first, second, third] = address.split('.').map(Number);
  return first === 192 && second === 168 && third! < 128;
}

/** Who the client is: whom its sender announces, where that is believed, else who has connected. */
export function clientOf({ origin, announced }: RequestRecord): string {
  const sender = origin.slice(0, origin.lastIndexOf(':'));
  return announced !== null && announced.address !== '' && isBelieved(sender) ? announced.address : sender;
}

/** Where it is asked for a certificate it shows one that gateways do not believe. */
export const isStranger = ({ scheme, shows }: RequestRecord): boolean =>
  scheme === 'https' && shows !== '' && shows !== 'fourth';

/** Its body is larger than its gateway takes. */
export const isTooLarge = ({ bodyBytes, bodyBytesMax }: RequestRecord): boolean =>
  bodyBytesMax > 0 && bodyBytes > bodyBytesMax;

/** Its connection did not begin as gateways want it, it is a stranger, or too large: nobody has to serve it. */
export const isUnwelcome = (request: RequestRecord): boolean =>
  isTooLarge(request) || isStranger(request) || (request.announced !== null && !request.announced.isProper);

/** 'GET shop.example/cart (r12)' */
export const nameOf = ({ method, host, path, nonce }: RequestRecord): string =>
  `${method} ${host}${path} (${nonce})`;

/** How it ended, for people. */
export function endingOf({ status, complete, error }: RequestRecord): string {
  const answer = status === 0 ? 'no answer' : complete ? `${status}` : `${status}, cut off`;
  return error === '' ? answer : `${answer} (${error})`;
}

/** An answer of a pod with a body of its own. */
export const hasPodBody = (request: RequestRecord): boolean =>
  isFromPod(request) &&
  request.method !== 'HEAD' &&
  request.status !== 204 &&
  request.status !== 304 &&
  request.headers['content-type']?.startsWith('application/json') === true;

/** What a pod says of itself and of what it was asked. */
export interface Echo {
  readonly nonce?: unknown;
  readonly pod?: unknown;
  readonly namespace?: unknown;
}

const echoes = new WeakMap<RequestRecord, { readonly body: string; readonly echo: Echo | null }>();

const padding = ',"padding":"';
const paddedEnd = '"}\n';

/** Without the padding of an answer that was asked to be long, whose end has to be there. */
function withoutPadding(body: string): string {
  const at = body.indexOf(padding);
  return at > 0 && body.endsWith(paddedEnd) ? `${body.slice(0, at)}}` : body;
}

/** Read once, as bodies may be long; null where it is not the whole of it. */
export function echoIn(request: RequestRecord): Echo | null {
  const { body } = request;
  const known = echoes.get(request);
  if (known?.body === body) return known.echo;
  let echo: Echo | null = null;
  try {
    const value: unknown = JSON.parse(withoutPadding(body));
    if (typeof value === 'object') echo = value;
  } catch {}
  echoes.set(request, { body, echo });
  return echo;
}
