// Runs one target until its time is up. In a thread of its own, so that an input that never comes back can be named.
import { parentPort, workerData } from 'node:worker_threads';
import { createCodecTarget } from './codec.ts';
import { createHelloTarget } from './hello.ts';
import { httpTarget } from './http.ts';
import { proxyHeaderTarget } from './proxy-header.ts';
import { routerTarget } from './router.ts';
import { outcome, shrink } from './shrink.ts';
import { createDraws, type Input, type Target } from './target.ts';
import { translationTarget } from './translation.ts';
import { yamlTarget } from './yaml.ts';

export interface FuzzStart {
  readonly target: string;
  readonly seed: number;
  readonly seconds: number;
  /** Ends it before its time. */
  readonly runsMax: number;
  /** Word 0: the run under way; the main thread sees whether it moves. */
  readonly progress: SharedArrayBuffer;
}

export interface FuzzFailure {
  readonly run: number;
  readonly message: string;
  readonly input: Input;
}

export type FuzzMessage =
  | { readonly kind: 'failure'; readonly failure: FuzzFailure }
  | { readonly kind: 'done'; readonly runs: number };

const failuresMax = 5;

const targets: Readonly<Record<string, () => Promise<Target>>> = {
  codec: async () => createCodecTarget(),
  hello: createHelloTarget,
  http: async () => httpTarget,
  'proxy-protocol': async () => proxyHeaderTarget,
  router: async () => routerTarget,
  translation: async () => translationTarget,
  yaml: async () => yamlTarget,
};

async function run({ target: name, seed, seconds, runsMax, progress }: FuzzStart): Promise<void> {
  const post = (message: FuzzMessage): void => parentPort!.postMessage(message);
  const words = new Int32Array(progress);
  const target = await targets[name]!();
  const endMs = performance.now() + seconds * 1000;
  let failures = 0;
  let runs = 0;
  for (; runs < runsMax && performance.now() < endMs && failures < failuresMax; runs++) {
    Atomics.store(words, 0, runs);
    const input = target.make(createDraws(seed, name, runs));
    const found = await outcome(target, input);
    if (found === null) continue;
    failures++;
    const small = await shrink(target, input);
    post({
      kind: 'failure',
      failure: { run: runs, message: (await outcome(target, small)) ?? found, input: small },
    });
  }
  target.close();
  post({ kind: 'done', runs });
}

if (parentPort !== null) await run(workerData as FuzzStart);
