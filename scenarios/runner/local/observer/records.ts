// What an observed process writes down, one line each, in the order in which it happened.
import type { DnsAnswer } from '../../../../src/ports/dns.ts';

export type Observation = {
  /** From the start of the run, by the clock of the machine. */
  readonly atUs: number;
} & (
  | { readonly kind: 'worker-start'; readonly worker: number }
  | { readonly kind: 'worker-end'; readonly worker: number }
  /** `fromUs`: the kernel has taken connections for it since then. */
  | { readonly kind: 'listening'; readonly worker: number; readonly fromUs: number }
  /** `visibleUs`: requests have met the new tables since then; what those no longer need is gone at `atUs`. */
  | {
      readonly kind: 'swapped';
      readonly worker: number;
      readonly configId: string;
      readonly visibleUs: number;
    }
  | {
      readonly kind: 'config';
      readonly configId: string;
      /** `atUs` is when it had been written down. */
      readonly takenUs: number;
      /** As GET /config of the Admin API has it. */
      readonly document: unknown;
      readonly epoch: number | null;
      readonly revision: string | null;
      /** It is the last good one of an earlier life. */
      readonly isKept: boolean;
    }
  | { readonly kind: 'readiness'; readonly reason: string }
  /** `end` tells the ends of a connection apart. */
  | { readonly kind: 'accept'; readonly worker: number; readonly end: number; readonly origin: string }
  | {
      readonly kind: 'dial';
      readonly worker: number;
      readonly end: number;
      readonly address: string;
      readonly port: number;
      /** 0 where it was never established. */
      readonly localPort: number;
      /** When it was begun; `atUs` is when that had come to something. */
      readonly fromUs: number;
    }
  | { readonly kind: 'gone'; readonly worker: number; readonly end: number }
  | {
      readonly kind: 'name';
      /** Lower case. */
      readonly name: string;
      readonly type: 'A' | 'AAAA' | 'SRV';
      readonly askedUs: number;
      readonly answer: DnsAnswer;
    }
  | {
      readonly kind: 'push';
      readonly method: string;
      readonly sentUs: number;
      /** 0 = no answer. */
      readonly status: number;
    }
);

/** What the process is started with, in the variable TIDEGATE_OBSERVER. */
export interface ObserverStart {
  readonly file: string;
  readonly originNs: string;
  /** Besides the observer's own. */
  readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
  /** Options of the controller that differ from its own: leader, pace, follow. */
  readonly figures: Readonly<Record<string, unknown>>;
}

export const observerVariable = 'TIDEGATE_OBSERVER';

/** On each call to the API of who believes to lead; gates take it off. */
export const leadsHeader = 'x-observed-leader';
