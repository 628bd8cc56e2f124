// Receipts as lines of a pod's log, one JSON object each, so that whoever follows the log of a pod in any cluster knows what it
// took. POD_LOG=receipts asks for them.
import type { ReceiptRecord } from '../evidence/evidence.ts';
import type { PodIdentity, TakenRequest } from './server.ts';

/** As a pod tells it; times are of its own clock. */
export interface ToldReceipt extends Omit<ReceiptRecord, 'atUs' | 'connectedUs' | 'mischief'> {
  /** Counted from the start of the container, so that a reader knows whether one is missing. */
  readonly receipt: number;
  /** When the container started, which tells one run of it from the next. */
  readonly startMs: number;
  readonly timeMs: number;
  /** How long its connection had been open, in microseconds. */
  readonly openUs: number;
}

interface Taker {
  readonly identity: PodIdentity;
  readonly address: string;
  readonly startMs: number;
  readonly timeMs: number;
  readonly nowUs: number;
}

export function receiptLine(receipt: number, taken: TakenRequest, taker: Taker): string {
  const { request, status, port, connectedUs, originPort } = taken;
  const { identity, address, startMs, timeMs, nowUs } = taker;
  const told: ToldReceipt = {
    receipt,
    nonce: request.headers['x-nonce'] ?? '',
    pod: `${identity.namespace}/${identity.pod}`,
    uid: identity.uid,
    address,
    port,
    method: request.method,
    path: request.path,
    bodyHash: request.bodyHash,
    headers: request.headers,
    status,
    originPort,
    startMs,
    timeMs,
    openUs: nowUs - connectedUs,
  };
  return JSON.stringify(told);
}

/** null: another line. */
export function readReceiptLine(line: string): ToldReceipt | null {
  if (!line.startsWith('{"receipt":')) return null;
  try {
    return JSON.parse(line) as ToldReceipt;
  } catch {
    // The pod ended in the middle of it.
    return null;
  }
}
