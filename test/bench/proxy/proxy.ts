// `npm run bench -- proxy`: our proxy beside nginx and HAProxy, the same routes, backend and load, in interleaved rounds.
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { UsageError } from '../options.ts';
import { findProgram, output } from '../programs.ts';
import { type Case, gateCase } from './cases.ts';
import { readSettings, type Settings, usage } from './choice.ts';
import { type CaseFigures, caseFiguresOf, figuresOf, type PeerFigures } from './figures.ts';
import { measureLatency, type PacedFigures, ratePerSecond } from './latency.ts';
import { createGenerator } from './loads/generator.ts';
import { createWrkLoad } from './loads/wrk.ts';
import type { Peer } from './peers/contender.ts';
import { haproxyPeer } from './peers/haproxy.ts';
import { nginxPeer } from './peers/nginx.ts';
import { builtMain, enginePeer, ourPeer } from './peers/ours.ts';
import { referencePeer } from './peers/reference.ts';
import { type Verdict, verdictOf, writeReport } from './report.ts';
import { runRounds } from './rounds.ts';
import { type Ground, openGround, openStage, type Programs } from './stage.ts';

const exitOk = 0;
const exitOverGate = 1;
const exitMissing = 3;
const warmUpSeconds = 5;

interface Cast {
  readonly programs: Programs;
  readonly peers: readonly Peer[];
  readonly settings: Readonly<Record<string, string>>;
}

async function firstLine(program: string): Promise<string> {
  return (await output(program, ['-v'])).split('\n')[0]!.trim();
}

async function gather(programs: Programs, settings: Settings): Promise<Cast> {
  const { profileFolder } = settings;
  const profiling = profileFolder === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(profileFolder)}`];
  const peers: Peer[] = [
    settings.engine ? enginePeer() : ourPeer({ nodeArgs: profiling, isBuilt: settings.built }),
    nginxPeer(programs.nginx, await firstLine(programs.nginx)),
  ];
  const isGate = settings.cases.includes(gateCase);
  const haproxy = findProgram('haproxy');
  if (haproxy !== null && !isGate) peers.push(haproxyPeer(haproxy, await firstLine(haproxy)));
  if (settings.reference) peers.push(referencePeer());
  const log = isGate
    ? 'off'
    : `combined, into a file each; nginx ${settings.buffersLog ? 'in batches of 32 KB' : 'line by line'}`;
  const about = Object.fromEntries(peers.map((peer) => [peer.name, peer.about]));
  return {
    programs,
    peers,
    settings: {
      ...about,
      ...(haproxy === null ? { haproxy: 'not installed (Debian: apt-get install haproxy)' } : {}),
      wrk: await firstLine(programs.wrk),
      accessLog: log,
      rounds: `${settings.rounds} of ${settings.seconds} turns of a second each, after ${warmUpSeconds} s of warm-up`,
      machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    },
  };
}

interface Results {
  readonly cases: CaseFigures[];
  readonly peers: PeerFigures[];
  readonly verdicts: Verdict[];
}

interface Point {
  readonly of: Case;
  readonly connections: number;
  readonly workers: number;
}

function* pointsOf(settings: Settings): Generator<Point> {
  for (const of of settings.cases)
    for (const workers of settings.workers)
      for (const connections of settings.connections) yield { of, connections, workers };
}

async function measure(
  ground: Ground,
  cast: Cast,
  point: Point,
  settings: Settings,
  into: Results,
): Promise<void> {
  const { of, connections, workers } = point;
  const isGate = of === gateCase;
  const name = isGate ? of.name : `${of.name}/c${connections}/w${workers}`;
  process.stderr.write(`${name}: ${of.about}\n`);
  const stage = await openStage(ground, cast.peers, {
    workers,
    accessLog: isGate ? 'off' : 'combined',
    buffersLog: settings.buffersLog,
    withClosedRoute: isGate,
  });
  const load =
    of.load === 'wrk'
      ? createWrkLoad(cast.programs.wrk, ground.folder, ground.backends.httpPort)
      : createGenerator(of.load);
  try {
    const { rounds, seconds } = settings;
    const courses = await runRounds(stage, load, of, { rounds, seconds, warmUpSeconds, connections });
    const nginx = courses.find(({ contender }) => contender === 'nginx')!;
    const figures = caseFiguresOf(name, courses);
    into.cases.push(figures);
    for (const course of courses)
      if (course.contender !== 'tidegate') into.peers.push(figuresOf(name, course, nginx));
    if (settings.judges && of.ratioMax !== null) into.verdicts.push(verdictOf(figures, of.ratioMax));
  } finally {
    await load.close();
    await stage.end();
  }
}

async function latencyOf(ground: Ground, cast: Cast, settings: Settings): Promise<readonly PacedFigures[]> {
  process.stderr.write(`fixed rate: ${ratePerSecond} requests a second\n`);
  const { buffersLog } = settings;
  const options = { workers: 1, accessLog: 'combined', buffersLog, withClosedRoute: false } as const;
  const stage = await openStage(ground, cast.peers, options);
  const load = createGenerator('paced');
  try {
    return await measureLatency(stage, load, gateCase.asking, settings.rounds);
  } finally {
    await load.close();
    await stage.end();
  }
}

/** Until the time is over or somebody says stop. */
async function hold(ground: Ground, cast: Cast, settings: Settings, seconds: number): Promise<void> {
  const { buffersLog, workers } = settings;
  const options = { accessLog: 'combined', buffersLog, withClosedRoute: false } as const;
  const stage = await openStage(ground, cast.peers, { ...options, workers: workers[0]! });
  try {
    process.stdout.write(`${JSON.stringify({ askFor: gateCase.asking, contenders: stage.contenders })}\n`);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      process.once('SIGINT', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  } finally {
    await stage.end();
  }
}

export async function benchProxy(args: readonly string[]): Promise<number> {
  const settings = readSettings(args);
  if (settings === null) {
    process.stdout.write(`${usage}\n`);
    return exitOk;
  }
  const nginx = findProgram('nginx');
  const wrk = findProgram('wrk');
  if (nginx === null || wrk === null) {
    const missing = [nginx === null ? 'nginx' : '', wrk === null ? 'wrk' : ''].filter((name) => name !== '');
    process.stderr.write(
      `bench proxy not run: install ${missing.join(' and ')} (Debian: apt-get install ${missing.join(' ')})\n`,
    );
    return exitMissing;
  }
  if (settings.built && !existsSync(builtMain)) throw new UsageError('--built: run `npm run build` first');
  const cast = await gather({ nginx, wrk }, settings);
  const ground = await openGround(cast.programs);
  if (settings.holdSeconds !== null) {
    try {
      await hold(ground, cast, settings, settings.holdSeconds);
    } finally {
      await ground.end();
    }
    return exitOk;
  }
  const into: Results = { cases: [], peers: [], verdicts: [] };
  let latency: readonly PacedFigures[] = [];
  try {
    for (const point of pointsOf(settings)) await measure(ground, cast, point, settings, into);
    if (settings.latency) latency = await latencyOf(ground, cast, settings);
  } finally {
    await ground.end();
    // What was measured before something failed took its time.
    process.stdout.write(writeReport({ ...into, latency, settings: cast.settings }, settings.json));
  }
  return into.verdicts.every(({ passed }) => passed) ? exitOk : exitOverGate;
}
