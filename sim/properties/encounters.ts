// Which worker and which pods a request met.
import type { DialRecord, Evidence, ReceiptRecord, RequestRecord } from '../evidence/evidence.ts';

export interface Encounters {
  receipts(nonce: string): readonly ReceiptRecord[];
  request(nonce: string): RequestRecord | null;
  /** The connection on which a pod took a request; null when it is not known. */
  dialOf(receipt: ReceiptRecord): DialRecord | null;
  /** What came on a connection. */
  receiptsOn(dial: DialRecord): readonly ReceiptRecord[];
  /** Whether the worker has taken connections by then whose requests nobody has taken down. */
  hasStrangers(host: string, us: number): boolean;
  /** Host of the worker that has the client's connection; the gateway where it is not known. */
  workerOf(request: RequestRecord): string;
}

const noReceipts: readonly ReceiptRecord[] = [];

export function createEncounters({ requests, receipts, dials, accepts }: Evidence): Encounters {
  const receiptsByNonce = Map.groupBy(receipts, ({ nonce }) => nonce);
  const requestsByNonce = new Map(requests.map((request) => [request.nonce, request]));
  const knownWorkers: Map<RequestRecord, string> = new Map();
  const knownDials: Map<ReceiptRecord, DialRecord | null> = new Map();

  const findDial = (receipt: ReceiptRecord): DialRecord | null => {
    const gateway = requestsByNonce.get(receipt.nonce)?.gateway;
    const dial = dials.findLast(
      ({ host, address, port, localPort, atUs }) =>
        localPort === receipt.originPort &&
        address === receipt.address &&
        port === receipt.port &&
        atUs <= receipt.atUs &&
        host.startsWith(`${gateway}/`),
    );
    return dial ?? null;
  };
  const findWorker = ({ gateway, origin, doneUs }: RequestRecord): string =>
    accepts.findLast(
      (accept) => accept.origin === origin && accept.atUs <= doneUs && accept.host.startsWith(`${gateway}/`),
    )?.host ?? gateway;

  const dialOf = (receipt: ReceiptRecord): DialRecord | null => {
    let dial = knownDials.get(receipt);
    if (dial === undefined) {
      dial = findDial(receipt);
      knownDials.set(receipt, dial);
    }
    return dial;
  };
  const origins = new Set(requests.map(({ origin }) => origin));
  const strangers = accepts.filter(({ origin }) => !origins.has(origin));
  let receiptsByDial: ReadonlyMap<DialRecord | null, readonly ReceiptRecord[]> | null = null;

  return {
    receiptsOn(dial) {
      receiptsByDial ??= Map.groupBy(receipts, dialOf);
      return receiptsByDial.get(dial) ?? noReceipts;
    },
    dialOf,
    hasStrangers: (host, us) => strangers.some((accept) => accept.host === host && accept.atUs <= us),
    receipts: (nonce) => receiptsByNonce.get(nonce) ?? noReceipts,
    request: (nonce) => requestsByNonce.get(nonce) ?? null,
    workerOf(request) {
      let worker = knownWorkers.get(request);
      if (worker === undefined) {
        worker = findWorker(request);
        knownWorkers.set(request, worker);
      }
      return worker;
    },
  };
}
