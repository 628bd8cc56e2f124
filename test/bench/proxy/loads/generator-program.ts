// The generators as a program: orders come over its channel, and each is answered with the account so far.
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Account, GeneratorKind, Order } from './generator.ts';
import { runHandshakes } from './handshakes.ts';
import type { Target } from './load.ts';
import { runPaced } from './paced.ts';
import { runWebsockets } from './websockets.ts';

/** What a generator tells. */
export interface Book {
  readonly isEnding: boolean;
  answered(durationUs: number): void;
  failed(reason: string): void;
}

/** Calls `ready` when requests are on their way; the result stops it. */
export type Run = (target: Target, book: Book, ready: () => void) => () => void;

const runs: Readonly<Record<GeneratorKind, Run>> = {
  handshakes: runHandshakes,
  websocket: runWebsockets,
  paced: runPaced,
};

class Ledger implements Book {
  isEnding = false;
  private readonly histogram: RecordableHistogram = createHistogram();
  private answers = 0;
  private failures = 0;
  private reason = '';

  answered(durationUs: number): void {
    if (this.isEnding) return;
    this.answers++;
    this.histogram.record(Math.max(1, Math.round(durationUs)));
  }

  failed(reason: string): void {
    if (this.isEnding) return;
    this.failures++;
    if (this.reason === '') this.reason = reason;
  }

  account(): Account {
    return {
      answered: this.answers,
      failed: this.failures,
      reason: this.reason,
      p50Us: this.histogram.percentile(50),
      p99Us: this.histogram.percentile(99),
    };
  }
}

const run = runs[process.argv[2] as GeneratorKind];
let ledger = new Ledger();
let stop = (): void => {};
process.on('message', (order: Order) => {
  const answer = (): void => void process.send!(ledger.account());
  if (order.kind === 'begin') {
    ledger = new Ledger();
    stop = run(order.target, ledger, answer);
    return;
  }
  if (order.kind === 'end') {
    ledger.isEnding = true;
    stop();
  }
  answer();
});
process.on('disconnect', () => process.exit());
