// When a promise is off because of a fault: which faults, whom they concern, and for how long after them.
import type { Evidence, FaultRecord, Harm } from '../evidence/evidence.ts';

/** A fault that met nothing has harmed nothing. */
const hasHarmed = ({ hits, harms }: FaultRecord, wanted: readonly Harm[]): boolean =>
  hits > 0 && harms.some((harm) => wanted.includes(harm));

/** Whom a request has to do with. */
export interface Party {
  readonly gateway: string;
  /** 'gateway-1/worker-0', or the gateway where the worker is not known. */
  readonly worker: string;
  readonly client: string;
  /** 'namespace/name' of the pods that may answer. */
  readonly pods: readonly string[];
}

/** Whether it may have to do with the party: another application, gateway or client has not. */
function isAimedAt(target: string, { gateway, worker, client, pods }: Party): boolean {
  if (target.startsWith('gateway-')) {
    const isWorker = target.includes('/');
    return isWorker ? target === worker || target.startsWith(`${worker}/`) : target === gateway;
  }
  if (target.startsWith('client-')) return target === client;
  // An application, which its pods are named after, or one pod.
  if (target.includes('/')) return pods.some((pod) => pod === target || pod.startsWith(`${target}-`));
  return true;
}

/** Whether the fault may have to do with the party. A pod's address goes to its heir for a while: that is both of them. */
export function isConcerned({ target, parameters }: FaultRecord, party: Party): boolean {
  const { heir } = parameters;
  return isAimedAt(target, party) || (typeof heir === 'string' && isAimedAt(heir, party));
}

/** Whether such a fault was there at some moment of [fromUs, toUs], or ended less than `afterUs` before. */
export function isHarmed(
  { faults }: Pick<Evidence, 'faults'>,
  wanted: readonly Harm[],
  fromUs: number,
  toUs: number,
  afterUs = 0,
  party: Party | null = null,
): boolean {
  return faults.some(
    (fault) =>
      hasHarmed(fault, wanted) &&
      fault.fromUs <= toUs &&
      fault.toUs + afterUs >= fromUs &&
      (party === null || isConcerned(fault, party)),
  );
}

/** News may take any time from the first fault in their way on: what has been missed shows later. */
export function isLate(evidence: Pick<Evidence, 'faults'>, us: number): boolean {
  return evidence.faults.some((fault) => hasHarmed(fault, ['control', 'push']) && fault.fromUs <= us);
}

/** A pod that a fault has hit is counted as well again after this: probes, back-off, a new container. */
export const recoverPodUs = 30_000_000;
/** What a cut or stalled connection costs beyond the fault itself: retransmissions, connect timeouts. */
export const recoverTrafficUs = 10_000_000;
