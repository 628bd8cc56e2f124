// Load of our own, as a process beside the bench: for what wrk cannot do. Its cost is not counted.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { stop } from '../../programs.ts';
import type { Latency, Load, Target } from './load.ts';

export type GeneratorKind = 'handshakes' | 'websocket' | 'paced';

export type Order = { readonly kind: 'begin'; readonly target: Target } | { readonly kind: 'count' | 'end' };

export interface Account extends Latency {
  readonly answered: number;
  readonly failed: number;
  /** Of the first failure. */
  readonly reason: string;
}

/** Its own pauses for garbage would be taken for the proxy's. */
const memory = ['--max-semi-space-size=64'];

export function createGenerator(kind: GeneratorKind): Load {
  const program = new URL('./generator-program.ts', import.meta.url);
  const child: ChildProcess = fork(program, [kind], { execArgv: memory });
  const order = async (what: Order): Promise<Account> => {
    child.send(what);
    const [account] = (await once(child, 'message')) as [Account];
    if (account.failed > 0) throw new Error(`${account.failed} requests failed: ${account.reason}`);
    return account;
  };
  return {
    begin: async (target) => void (await order({ kind: 'begin', target })),
    count: async () => (await order({ kind: 'count' })).answered,
    end: () => order({ kind: 'end' }),
    close: () => stop(child),
  };
}
