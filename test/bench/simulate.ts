// `npm run bench -- simulate [--long] [--profile] [--json]`: how many histories a second one core runs with the whole control
// plane in the loop: three pods, a hundred requests, a roll-out. Memory must stay flat.
import { Session } from 'node:inspector';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  type Application,
  classObject,
  objectsOf,
  podTemplate,
} from '../../sim/history/generate/application.ts';
import { judge } from '../../sim/history/judge.ts';
import { defaultKnobs, type Plan, planVersion, type TimelineEntry } from '../../sim/history/plan.ts';
import { type RunSurroundings, runHistory } from '../../sim/history/run.ts';
import { readDefinitions } from '../../src/cli/simulate/definitions.ts';
import { type Hot, hottest, writeHottest } from './hottest.ts';

const requests = 100;
const firstRequestMs = 6_000;
const requestEveryMs = 100;
const endMs = 20_000;
/** So many until nearly all of it is compiled. */
const warmHistories = 300;
const measuredHistories = 200;
const longHistories = 10_000;
const samplesMax = 10;
/** A full collection costs optimised code too, so they are far between. */
const historiesPerSampleMin = 100;

const application: Application = {
  namespace: 'default',
  name: 'shop',
  version: 1,
  replicas: 3,
  maxSurge: 1,
  maxUnavailable: 0,
  drain: 'serves',
  drainMs: 1_000,
  drainUnready: true,
  latencyMsMax: 20,
  timeoutMs: 0,
  probeSeconds: 5,
  gracePeriodSeconds: 5,
  host: 'shop.example',
  path: '/',
  pathType: 'Prefix',
  namesPort: false,
  balancing: 'round-robin',
  keyPair: '',
  plugin: 'none',
};

function requestAt(index: number): TimelineEntry {
  const isPost = index % 4 === 3;
  return {
    id: `r${index + 1}`,
    atMs: firstRequestMs + index * requestEveryMs,
    do: 'request',
    client: `client-${1 + (index % 4)}`,
    request: {
      method: isPost ? 'POST' : 'GET',
      host: application.host,
      path: '/',
      headers: {},
      bodyBytes: isPost ? 300 : 0,
      chunked: false,
      sendMs: 0,
      abortMs: 0,
      kind: 'plain',
      holdMs: 0,
    },
  };
}

function benchPlan(seed: number): Plan {
  const template = podTemplate({ ...application, version: 2 });
  return {
    version: planVersion,
    seed,
    strategy: { name: 'uniform' },
    world: { apiServers: 1, controllers: 1, gateways: 1, workers: 2, mode: 'split', nodes: 3 },
    knobs: defaultKnobs,
    objects: [classObject, ...objectsOf(application)],
    clients: Array.from({ length: 4 }, (_, index) => ({
      name: `client-${index + 1}`,
      gateway: 0,
      tls: false,
      pipelines: false,
      readBytesPerSecond: 0,
    })),
    timeline: [
      ...Array.from({ length: requests }, (_, index) => requestAt(index)),
      {
        id: 'o1',
        atMs: 8_000,
        do: 'operate',
        operation: {
          verb: 'merge',
          resource: 'deployments.apps',
          namespace: 'default',
          name: 'shop',
          body: { spec: { template } },
        },
      },
    ],
    healMs: 17_000,
    endMs,
  };
}

interface Sample {
  readonly histories: number;
  readonly heapMegabytes: number;
}

interface Measured {
  readonly histories: number;
  /** Of this thread: other programs on the machine do not count, as they would on a clock. */
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly events: number;
  readonly answered: number;
  readonly memory: readonly Sample[];
}

function historiesPerSample(histories: number): number {
  return Math.max(historiesPerSampleMin, Math.ceil(histories / samplesMax));
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

function measure(surroundings: RunSurroundings, histories: number): Measured {
  const memory: Sample[] = [];
  let cpuMs = 0;
  let wallMs = 0;
  let events = 0;
  let answered = 0;
  const every = historiesPerSample(histories);
  for (let done = 0; done < histories; done++) {
    const startMs = performance.now();
    const startCpu = process.threadCpuUsage();
    const history = runHistory(benchPlan(done), surroundings);
    const { findings } = judge(history);
    const { user, system } = process.threadCpuUsage(startCpu);
    cpuMs += (user + system) / 1000;
    wallMs += performance.now() - startMs;
    if (findings.length > 0) throw new Error(`history ${done}: ${findings[0]!.violation.message}`);
    events += history.events;
    answered += history.evidence.requests.filter(({ status }) => status === 200).length;
    if ((done + 1) % every !== 0) continue;
    collectGarbage();
    memory.push({ histories: done + 1, heapMegabytes: process.memoryUsage().heapUsed / 1024 / 1024 });
  }
  return { histories, cpuMs, wallMs, events, answered, memory };
}

function profiled<Value>(run: () => Value): { readonly value: Value; readonly top: readonly Hot[] } {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.start');
  const value = run();
  let top: readonly Hot[] = [];
  // Called back at once: the session is of this thread.
  session.post('Profiler.stop', (error, { profile }) => {
    if (error === null) top = hottest(profile);
  });
  session.disconnect();
  return { value, top };
}

const round = (value: number): number => Math.round(value * 10) / 10;

export async function benchSimulate(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      long: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write('usage: npm run bench -- simulate [--long] [--profile] [--json]\n');
    return 0;
  }
  const surroundings: RunSurroundings = { crds: readDefinitions() as RunSurroundings['crds'] };
  measure(surroundings, warmHistories);
  const histories = values.long ? longHistories : measuredHistories;
  const run = (): Measured => measure(surroundings, histories);
  const { value, top } = values.profile ? profiled(run) : { value: run(), top: [] };
  const seconds = value.cpuMs / 1000;
  const result = {
    bench: 'simulate',
    histories,
    pods: application.replicas,
    requests,
    answeredPerHistory: round(value.answered / histories),
    eventsPerHistory: Math.round(value.events / histories),
    simulatedSecondsPerHistory: endMs / 1000,
    historiesPerSecond: round(histories / seconds),
    simulatedSecondsPerSecond: round((histories * endMs) / 1000 / seconds),
    wallHistoriesPerSecond: round((histories * 1000) / value.wallMs),
    heapMegabytes: value.memory.map(({ heapMegabytes }) => round(heapMegabytes)),
    top,
  };
  if (values.json) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return 0;
  }
  process.stdout.write(
    `${result.historiesPerSecond} histories and ${result.simulatedSecondsPerSecond} simulated seconds per CPU second ` +
      `(${application.replicas} pods, ${requests} requests, ${result.eventsPerHistory} events, ` +
      `${endMs / 1000} simulated seconds each; ${result.wallHistoriesPerSecond} histories per second on the clock)\n` +
      `heap after every ${historiesPerSample(histories)} histories, in MB: ${result.heapMegabytes.join(' ')}\n`,
  );
  process.stdout.write(writeHottest(top));
  return 0;
}
