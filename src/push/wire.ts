// The requests of the Admin API that deliver a config, and what their answers mean.
import type { GatewayConfig } from '../kong/config.ts';
import { encodeDelta } from '../kong/decode-delta.ts';
import { diffConfigs } from '../kong/delta.ts';
import { encodeDeclarative } from '../kong/encode.ts';
import { type JsonReply, type JsonRequest, retryAfterMs } from '../ports/json-call.ts';
import { type Rejection, readMessage, readRejections } from './rejection.ts';

/** What travels beside a config so that a gateway can refuse an older one. */
export interface ConfigStamp {
  /** Grows with every change of leader; 0 when each pod configures itself. */
  readonly epoch: number;
  /** JSON of {resource: resourceVersion}: up to where the controller had seen each. */
  readonly revision: string;
  /** The same of the last change of each. */
  readonly changes: string;
  /** Our view does not catch up with what the gateway was given, so the cluster has gone back in time. */
  readonly isReset: boolean;
}

export type DeliveryResult =
  | { readonly type: 'accepted' }
  /** The gateway holds something else than we thought. */
  | { readonly type: 'elsewhere'; readonly currentId: string }
  /** `epoch`: of who configured the gateway last; null when it does not say. */
  | { readonly type: 'superseded'; readonly message: string; readonly epoch: number | null }
  | { readonly type: 'rejected'; readonly message: string; readonly rejections: readonly Rejection[] }
  | { readonly type: 'failed'; readonly message: string; readonly retryAfterMs: number };

function stampHeaders(stamp: ConfigStamp): Record<string, string> {
  return {
    'x-tidegate-epoch': String(stamp.epoch),
    'x-tidegate-revision': stamp.revision,
    'x-tidegate-changes': stamp.changes,
    ...(stamp.isReset ? { 'x-tidegate-reset': 'true' } : {}),
  };
}

export function deltaRequest(from: GatewayConfig, to: GatewayConfig, stamp: ConfigStamp): JsonRequest {
  return {
    method: 'PATCH',
    path: '/config',
    headers: { ...stampHeaders(stamp), 'if-match': `"${from.id}"` },
    body: Buffer.from(encodeDelta(diffConfigs(from, to))),
  };
}

export function wholeRequest(config: GatewayConfig, stamp: ConfigStamp | null): JsonRequest {
  return {
    method: 'POST',
    path: '/config?check_hash=1&flatten_errors=1',
    headers: stamp === null ? {} : stampHeaders(stamp),
    body: encodeDeclarative(config),
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** True when the gateway is one of ours, of whatever version, that knows what a stamp is. */
export function readsStamps(root: unknown): boolean {
  return typeof field(root, 'tidegate') === 'object' && field(root, 'tidegate') !== null;
}

/** '' when it does not say. */
export function readVersion(root: unknown): string {
  const version = field(field(root, 'tidegate'), 'version') ?? field(root, 'version');
  return typeof version === 'string' ? version : '';
}

/** True when the gateway takes deltas. */
export function readsDeltas(root: unknown): boolean {
  return field(field(root, 'tidegate'), 'deltas') === true;
}

/** '' when the answer has none. */
export function readConfigId(status: unknown): string {
  const hash = field(status, 'configuration_hash');
  return typeof hash === 'string' ? hash : '';
}

export function isEmptyId(id: string): boolean {
  return /^0*$/.test(id);
}

/** The id that a 412 tells: as ETag, or in the body. */
function currentId(reply: JsonReply): string {
  const tag = /^(?:W\/)?"([0-9a-f]*)"$/.exec(reply.headers.etag ?? '');
  return tag?.[1] ?? readConfigId(reply.body);
}

/** The id a gateway of ours gave to what it took; '' when it says nothing. */
export function acceptedId(reply: JsonReply): string {
  return reply.headers.etag === undefined ? '' : currentId(reply);
}

function epochOf(body: unknown): number | null {
  const epoch = field(body, 'epoch');
  return Number.isSafeInteger(epoch) && (epoch as number) >= 0 ? (epoch as number) : null;
}

export function readDelivery(reply: JsonReply): DeliveryResult {
  if (reply.error !== null) return { type: 'failed', message: reply.error, retryAfterMs: 0 };
  const { status } = reply;
  if (status >= 200 && status < 400) return { type: 'accepted' };
  const message = readMessage(reply.body) || `HTTP ${status}`;
  if (status === 412) return { type: 'elsewhere', currentId: currentId(reply) };
  if (status === 409) return { type: 'superseded', message, epoch: epochOf(reply.body) };
  if (status === 400) return { type: 'rejected', message, rejections: readRejections(reply.body) };
  return {
    type: 'failed',
    message: `HTTP ${status}: ${message}`,
    retryAfterMs: retryAfterMs(reply.headers) ?? 0,
  };
}
