// The ears of an observed process. They change nothing by themselves; when told so the controller's next call throws, as an
// error inside of it would, or a worker ends, as one that crashed.
import { openSync, writeSync } from 'node:fs';
import { attended } from '../../../../sim/world/attended-workers.ts';
import type { AdminApi } from '../../../../src/ports/admin-api.ts';
import type { Channel, ChannelMessage } from '../../../../src/ports/channel.ts';
import type { Dns } from '../../../../src/ports/dns.ts';
import type { Env } from '../../../../src/ports/env.ts';
import type { HttpClient, HttpReplyHandler } from '../../../../src/ports/http.ts';
import type { Worker, Workers } from '../../../../src/ports/workers.ts';
import { observerName } from './edits.ts';
import { leadsHeader, type ObserverStart } from './records.ts';
import { type Ears, type Say, Streams } from './streams.ts';

/** The parts of the proxy that are listened to; not imported, so that nothing is loaded before it can be edited. */
interface ObservedProxy {
  config(): { readonly id: string };
  provenance(): { readonly epoch: number | null; readonly revision: string | null };
  notReadyReason(): string;
  drain(deadlineMs: number, done: () => void): void;
  /** 'none': it has its config from somebody who knows. */
  keptState(): string;
  onConfig: ((config: never, delta: never) => void) | null;
}

/** The tables of a worker. */
interface Tables {
  /** Since when there have been new ones that it has not spoken of; null: there are none. */
  visibleUs: number | null;
}

/** The worker's end. */
function observedChannel(
  { say, nowUs }: Ears,
  channel: Channel,
  worker: number,
  streams: Streams,
  tables: Tables,
): Channel {
  return {
    post(message, moved) {
      const said = message as unknown as { readonly kind: string; readonly configId: string };
      if (said.kind === 'swapped') {
        const visibleUs = tables.visibleUs ?? nowUs();
        tables.visibleUs = null;
        say({ kind: 'swapped', worker, configId: said.configId, visibleUs });
      } else if (said.kind === 'listening')
        say({ kind: 'listening', worker, fromUs: streams.listeningUs ?? nowUs() });
      channel.post(message, moved);
    },
    get onMessage() {
      return channel.onMessage;
    },
    set onMessage(listener) {
      channel.onMessage =
        listener === null
          ? null
          : (message) => {
              if (message.kind === hangs) Atomics.wait((message as unknown as Hang).cell, 0, 0);
              else listener(message);
            };
    },
  };
}

const hangs = 'observer-hangs';

/** The thread stands still until somebody writes another number there. */
interface Hang {
  readonly kind: typeof hangs;
  readonly cell: Int32Array;
}

interface Main {
  look(): void;
  readonly workers: Map<number, Worker>;
  /** Workers that stand still, by what lets them go on. */
  readonly cells: Map<number, Int32Array>;
  /** Whether its controller believes to lead. */
  leads(): boolean;
  /** The next call of the controller throws. */
  throwsNext: boolean;
}

/** The main thread's ends. */
function observedWorkers({ say }: Ears, main: Main, workers: Workers): Workers {
  return attended(workers, {
    onStart(index, worker) {
      // From now on it is told configs, though its thread needs a while to hear them.
      say({ kind: 'worker-start', worker: index });
      main.workers.set(index, worker);
    },
    onEnd: (index) => say({ kind: 'worker-end', worker: index }),
    look: () => main.look(),
  });
}

const lookEveryMs = 50;

type Encode = (config: never) => unknown;

function observedProxy(
  { say, nowUs }: Ears,
  main: Main,
  proxy: ObservedProxy,
  encode: Encode,
): ObservedProxy {
  let last: string | null = null;
  main.look = () => {
    const reason = proxy.notReadyReason();
    if (reason !== last) say({ kind: 'readiness', reason });
    last = reason;
  };
  proxy.onConfig = (config) => {
    const { epoch, revision } = proxy.provenance();
    const takenUs = nowUs();
    const document = encode(config);
    const isKept = proxy.keptState() !== 'none';
    say({ kind: 'config', configId: proxy.config().id, takenUs, document, epoch, revision, isKept });
    main.look();
  };
  // Some of what it depends on is time alone.
  setInterval(() => main.look(), lookEveryMs).unref();
  const { drain } = proxy;
  proxy.drain = (deadlineMs, done) => {
    drain.call(proxy, deadlineMs, done);
    main.look();
  };
  return proxy;
}

/** What was asked and never told is not taken down. */
function observedNames({ say, nowUs }: Ears, dns: Dns): Dns {
  return {
    query(name, type, done) {
      const askedUs = nowUs();
      return dns.query(name, type, (answer) => {
        say({ kind: 'name', name: name.toLowerCase(), type, askedUs, answer });
        done(answer);
      });
    },
  };
}

/** In the way of a call. */
function mayThrow(main: Main): void {
  if (!main.throwsNext) return;
  main.throwsNext = false;
  throw new Error('a fault of the simulator');
}

function observedPush({ say, nowUs }: Ears, main: Main, { name, http }: AdminApi): AdminApi {
  const request: HttpClient['request'] = (sent, handler) => {
    mayThrow(main);
    if (sent.method === 'GET' || !sent.path.startsWith('/config')) return http.request(sent, handler);
    const sentUs = nowUs();
    let status = 0;
    const told: HttpReplyHandler = {
      onHead(code, headers) {
        status = code;
        handler.onHead(code, headers);
      },
      onData: (bytes) => handler.onData(bytes),
      onEnd(error) {
        say({ kind: 'push', method: sent.method, sentUs, status });
        handler.onEnd(error);
      },
    };
    return http.request(sent, told);
  };
  return { name, http: { request } };
}

const workerOf = (options: unknown): number => (options as { readonly index: number }).index;

function stopWorker({ workers, cells }: Main, index: number): void {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  cells.set(index, cell);
  const hang: Hang = { kind: hangs, cell };
  workers.get(index)?.channel.post(hang as unknown as ChannelMessage);
}

function letGo({ cells }: Main, index: number): void {
  const cell = cells.get(index);
  cells.delete(index);
  if (cell === undefined) return;
  Atomics.store(cell, 0, 1);
  Atomics.notify(cell, 0);
}

/** What it is told to do: 'throw'; 'end-worker 1', 'stop-worker 1', 'go-worker 1'. */
export interface Observer {
  obey(command: string): void;
}

export function installObserver({ file, originNs, figures }: ObserverStart): Observer {
  const output = openSync(file, 'a');
  const origin = BigInt(originNs);
  const nowUs = (): number => Number((process.hrtime.bigint() - origin) / 1000n);
  const say: Say = (observation) => {
    writeSync(output, `${JSON.stringify({ atUs: nowUs(), ...observation })}\n`);
  };
  const ears: Ears = { say, nowUs };
  const main: Main = {
    look() {},
    workers: new Map(),
    cells: new Map(),
    leads: () => false,
    throwsNext: false,
  };
  const streams: Map<number, Streams> = new Map();
  // There is one worker in a thread.
  const tables: Tables = { visibleUs: null };
  const observer = {
    figures,
    env(env: Env, options: unknown) {
      const worker = workerOf(options);
      const own = new Streams(ears, worker);
      streams.set(worker, own);
      return { ...env, ...own.around(env) };
    },
    visible() {
      tables.visibleUs = nowUs();
    },
    main: (env: Env): Env => ({ ...env, dns: observedNames(ears, env.dns) }),
    // Of a worker, after its streams.
    channel(channel: Channel, options: unknown) {
      const worker = workerOf(options);
      return observedChannel(ears, channel, worker, streams.get(worker)!, tables);
    },
    workers: (workers: Workers) => observedWorkers(ears, main, workers),
    proxy: (proxy: ObservedProxy, encode: Encode) => observedProxy(ears, main, proxy, encode),
    gateway: (gateway: AdminApi) => observedPush(ears, main, gateway),
    api(api: HttpClient): HttpClient {
      return {
        request(request, handler) {
          mayThrow(main);
          if (!main.leads()) return api.request(request, handler);
          const headers = { ...request.headers, [leadsHeader]: 'true' };
          return api.request({ ...request, headers }, handler);
        },
      };
    },
    leads(isLeader: () => boolean): () => boolean {
      main.leads = isLeader;
      return isLeader;
    },
  };
  (globalThis as unknown as Record<string, unknown>)[observerName] = observer;
  return {
    obey(command) {
      const [word, number] = command.split(' ');
      if (word === 'throw') main.throwsNext = true;
      else if (word === 'end-worker') main.workers.get(Number(number))?.terminate();
      else if (word === 'stop-worker') stopWorker(main, Number(number));
      else if (word === 'go-worker') letGo(main, Number(number));
    },
  };
}
