// Whether a pod must have had a turn: round robin comes to everybody who may be asked within as many choices as there are pods.
import type { Evidence } from '../evidence/evidence.ts';
import { isHarmed } from './excuses.ts';
import type { Seen } from './told-failures.ts';

export interface TurnsWanted {
  readonly gateway: string;
  readonly upstream: string;
  /** 'address:port' that must be among the pods. */
  readonly target: string;
  readonly fromUs: number;
  readonly untilUs: number;
}

export interface Turns {
  readonly worker: string;
  readonly count: number;
  /** When the last of them was taken. */
  readonly untilUs: number;
}

/** Turns of others that one worker gave under one config, so many that the target must have had one; null: too few. */
export function enoughTurns(all: readonly Seen[], wanted: TurnsWanted): Turns | null {
  const { gateway, upstream, target, fromUs, untilUs } = wanted;
  const own = all.filter(
    (seen) =>
      seen.gateway === gateway &&
      seen.upstream === upstream &&
      seen.sentUs >= fromUs &&
      seen.receipt.atUs <= untilUs,
  );
  for (const [term, seen] of Map.groupBy(own, (each) => each.term)) {
    const { targets, upstreams } = term.config!.config.entities;
    const peers = [...targets.values()].filter(
      (entity) => upstreams.get(entity.upstream)?.name === upstream && entity.weight > 0,
    );
    if (!peers.some((entity) => entity.target === target)) continue;
    // Twice the round, and a little for tries that left no trace.
    if (seen.length < 2 * peers.length + 2) continue;
    return {
      worker: term.host,
      count: seen.length,
      untilUs: Math.max(...seen.map(({ receipt }) => receipt.atUs)),
    };
  }
  return null;
}

/** Faults whose pods are ill for a while: what these properties are about. */
const sicknesses: ReadonlySet<string> = new Set(['pod-sick', 'pod-mute']);

/** Nothing but sickness has been in the way of the requests that these pods took. */
export function isShareOpen(
  { faults }: Evidence,
  turns: Turns,
  upstream: string,
  all: readonly Seen[],
  fromUs: number,
): boolean {
  const pods = new Set(all.filter((seen) => seen.upstream === upstream).map(({ receipt }) => receipt.pod));
  const { worker } = turns;
  const party = { gateway: worker.split('/')[0]!, worker, client: '', pods: [...pods] };
  const others = faults.filter(({ fault }) => !sicknesses.has(fault));
  return !isHarmed({ faults: others }, ['traffic', 'pods'], fromUs, turns.untilUs, 0, party);
}
