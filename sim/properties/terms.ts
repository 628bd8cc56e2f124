// Which config a worker served with, from which moment to which.
import type { ConfigRecord, Evidence } from '../evidence/evidence.ts';

/** A worker serves with one config from one moment to another. */
export interface Term {
  /** 'gateway-1/worker-0' */
  readonly host: string;
  readonly life: number;
  readonly fromUs: number;
  readonly toUs: number;
  readonly configId: string;
  /** null: the config that a gateway begins with, which is empty. */
  readonly config: ConfigRecord | null;
}

const foreverUs = Number.MAX_SAFE_INTEGER;

/** Swaps as terms, each until the next swap or the end of the worker's life. */
export function termsOf({ swaps, configs, lives }: Evidence): readonly Term[] {
  const terms: Term[] = [];
  const open: Map<string, Term> = new Map();
  const close = (host: string, toUs: number): void => {
    const term = open.get(host);
    if (term !== undefined) (term as { toUs: number }).toUs = toUs;
    open.delete(host);
  };
  const ends = lives.filter(({ what }) => what === 'end');
  let ended = 0;
  for (const { gateway, worker, life, atUs, configId } of swaps) {
    for (; ended < ends.length && ends[ended]!.atUs <= atUs; ended++)
      close(ends[ended]!.host, ends[ended]!.atUs);
    const host = `${gateway}/worker-${worker}`;
    close(host, atUs);
    const config = configs.findLast(
      (record) => record.gateway === gateway && record.config.id === configId && record.atUs <= atUs,
    );
    const term: Term = { host, life, fromUs: atUs, toUs: foreverUs, configId, config: config ?? null };
    open.set(host, term);
    terms.push(term);
  }
  for (; ended < ends.length; ended++) close(ends[ended]!.host, ends[ended]!.atUs);
  return terms;
}
