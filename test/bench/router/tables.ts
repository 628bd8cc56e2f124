// What tables cost besides being asked: made from nothing, changed by one route, held in memory.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { emptyConfig, type GatewayConfig } from '../../../src/kong/config.ts';
import { applyDelta, type Delta, diffConfigs } from '../../../src/kong/delta.ts';
import type { Route } from '../../../src/kong/entity.ts';
import { median, type Spread, spreadOf } from '../figures.ts';
import { ownMs } from '../queued.ts';
import type { Mix } from './mixes.ts';
import { compileWhole, configOf, newCompiler } from './subjects.ts';

export interface TableFigures {
  readonly routes: number;
  /** All of it in one go on this thread: the first time of the process, and the median of five more. */
  readonly compileFirstMs: number;
  readonly compileMs: number;
  /** One route changed: all that the thread that serves does for it. */
  readonly change: Spread;
  /** The longest of the steps in between which requests are served. */
  readonly changeStep: Spread;
  readonly bytesPerRoute: number;
}

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return () => {
    collect();
    collect();
  };
}

/** One route gets one more path, in the place of what earlier changes have given it. */
export function changeOf(config: GatewayConfig, index: number, version: number): Delta {
  const routes = [...config.entities.routes.values()];
  const old = routes[(index * 7919) % routes.length]!;
  const route: Route = { ...old, paths: [old.paths![0]!, `/changed-${version}`] };
  const table = new Map(config.entities.routes).set(route.id, route);
  return diffConfigs(config, {
    ...config,
    id: `${version}`.padStart(32, '0'),
    entities: { ...config.entities, routes: table },
  });
}

export function measureTables(mix: Mix, size: number, changes: number): TableFigures {
  const collect = collector();
  const config = configOf(mix, size);
  const delta = diffConfigs(emptyConfig, config);
  // Memory first: what was compiled before could still be held from somewhere.
  collect();
  const before = process.memoryUsage();
  const compiler = newCompiler();
  const compileFirstMs = ownMs(() => {
    const whole = compiler.begin(delta);
    while (!whole.step(1_000_000));
  });
  collect();
  const after = process.memoryUsage();
  const bytesPerRoute = (after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers) / size;
  const compileTimes: number[] = [];
  for (let i = 0; i < 5; i++) compileTimes.push(ownMs(() => compileWhole(config)));
  const [changeMs, stepMs]: [number[], number[]] = [[], []];
  let current = config;
  for (let version = 1; version <= changes; version++) {
    const change = changeOf(current, version, version);
    current = { ...applyDelta(current, change), id: change.to };
    const job = compiler.begin(change);
    let [total, longest] = [0, 0];
    for (let isDone = false; !isDone; ) {
      const ms = ownMs(() => {
        isDone = job.step(0);
      });
      total += ms;
      longest = Math.max(longest, ms);
    }
    changeMs.push(total);
    stepMs.push(longest);
  }
  return {
    routes: size,
    compileFirstMs,
    compileMs: median(compileTimes),
    change: spreadOf(changeMs),
    changeStep: spreadOf(stepMs),
    bytesPerRoute: Math.round(bytesPerRoute),
  };
}
