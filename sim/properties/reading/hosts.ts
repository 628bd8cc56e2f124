// Which hosts lived when, and which config each worker served.
import type { ConfigRecord, Evidence, SwapRecord } from '../../evidence/evidence.ts';
import type { Circumstances } from '../property.ts';

export interface Life {
  readonly host: string;
  readonly life: number;
  readonly fromUs: number;
  /** Infinity while it goes on. */
  readonly toUs: number;
}

/** Lives of all hosts that were recorded; a life ends where the next one of the same host begins, at the latest. */
export function livesOf({ lives }: Evidence): readonly Life[] {
  const open = new Map<string, { host: string; life: number; fromUs: number; toUs: number }>();
  const found: Life[] = [];
  for (const { host, life, atUs, what } of lives) {
    const current = open.get(host);
    if (what === 'end' || what === 'start') {
      if (current !== undefined) {
        current.toUs = Math.min(current.toUs, atUs);
        open.delete(host);
      }
    }
    if (what === 'start') {
      const begun = { host, life, fromUs: atUs, toUs: Number.POSITIVE_INFINITY };
      open.set(host, begun);
      found.push(begun);
    }
  }
  return found;
}

/** Stretches in which a host did not run although it lived. */
export function pausesOf(evidence: Evidence, host: string): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  let fromUs = -1;
  for (const { host: name, atUs, what } of evidence.lives) {
    if (name !== host) continue;
    // Paused again while it is paused already changes nothing.
    if (what === 'pause') fromUs = fromUs === -1 ? atUs : fromUs;
    else if (fromUs !== -1) {
      found.push([fromUs, atUs]);
      fromUs = -1;
    }
  }
  if (fromUs !== -1) found.push([fromUs, Number.POSITIVE_INFINITY]);
  return found;
}

/** For a part of the stretch: what it keeps time for, and what it hears, waits. Workers of a gateway go on without its main thread. */
export function isPausedDuring(evidence: Evidence, host: string, fromUs: number, toUs: number): boolean {
  return pausesOf(evidence, host).some(([from, to]) => from <= toUs && to >= fromUs);
}

export const controllerNames = ({ mode, controllers, gateways }: Circumstances): readonly string[] =>
  mode === 'combined'
    ? gatewayNames({ gateways })
    : Array.from({ length: controllers }, (_, index) => `controller-${index + 1}`);

export const gatewayNames = ({ gateways }: Pick<Circumstances, 'gateways'>): readonly string[] =>
  Array.from({ length: gateways }, (_, index) => `gateway-${index + 1}`);

/** Configs of one gateway, in order. */
export function configsOf(evidence: Evidence, gateway: string): readonly ConfigRecord[] {
  return evidence.configs.filter((record) => record.gateway === gateway);
}

/** Pairs of a config and the one after it in the same life of the gateway. */
export function transitions(
  evidence: Evidence,
  gateway: string,
): readonly (readonly [ConfigRecord, ConfigRecord])[] {
  const starts = evidence.lives.filter(({ host, what }) => host === gateway && what === 'start');
  const records = configsOf(evidence, gateway);
  const found: [ConfigRecord, ConfigRecord][] = [];
  for (let at = 1; at < records.length; at++) {
    const [before, after] = [records[at - 1]!, records[at]!];
    const isOtherLife = starts.some(({ atUs }) => atUs > before.atUs && atUs <= after.atUs);
    if (!isOtherLife) found.push([before, after]);
  }
  return found;
}

/** The last swap of each worker whose life goes on, by 'gateway/worker'. */
export function lastSwaps(
  evidence: Evidence,
  { workers }: Pick<Circumstances, 'workers'>,
): ReadonlyMap<string, SwapRecord | null> {
  const found = new Map<string, SwapRecord | null>();
  for (const { host, life, toUs } of livesOf(evidence)) {
    const slash = host.indexOf('/worker-');
    if (slash < 0 || toUs !== Number.POSITIVE_INFINITY) continue;
    const gateway = host.slice(0, slash);
    const worker = Number(host.slice(slash + '/worker-'.length));
    if (worker >= workers) continue;
    const swaps = evidence.swaps.filter(
      (swap) => swap.gateway === gateway && swap.worker === worker && swap.life === life,
    );
    found.set(host, swaps.at(-1) ?? null);
  }
  return found;
}

/** What a host takes for a second lasts at least so much of one, and at most one by it: no fault bends a clock further. */
export const clockShareMin = 0.85;
