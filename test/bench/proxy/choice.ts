// The command line of `bench proxy`: which cases, how often, and what is judged.
import { parseArgs } from 'node:util';
import { readCount, UsageError } from '../options.ts';
import { type Case, cases, gateCase } from './cases.ts';

export const usage = `usage: npm run bench -- proxy [options]

Without options: the small keep-alive case, judged; ends with 1 when it costs more than ${gateCase.ratioMax} of nginx.

  --all                   every case below with 1, 64 and 512 connections and 1 and 2 workers, access log on
  --cases A,B             only these: ${cases.map(({ name }) => name).join(', ')}
  --connections 1,64,512  for --cases: 64 unless told
  --workers 1,2           for --cases: 1 unless told
  --rounds N              interleaved rounds (7)
  --seconds N             turns of a second in each round (1, the judged case 3)
  --gate                  judges every case by its own limit, and ends with 1 when one is above
  --latency               times at a fixed rate too; alone: only them
  --reference             node:http with undici as one more contender
  --buffered-log          nginx writes its access log in batches, as tidegate does
  --built                 what 'npm run build' has made, not the sources: the same CPU, less memory
  --engine                the judged case without compiler and plugins, on hand-made tables
  --cpu-prof FOLDER       tidegate writes a profile of each thread there
  --hold SECONDS          measures nothing: tidegate, nginx and HAProxy stay up for so long, for a profiler and a load by
                          hand; their ports and processes are printed first
  --json                  one JSON object`;

export interface Settings {
  readonly cases: readonly Case[];
  readonly connections: readonly number[];
  readonly workers: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  readonly judges: boolean;
  readonly latency: boolean;
  readonly reference: boolean;
  readonly buffersLog: boolean;
  readonly built: boolean;
  readonly engine: boolean;
  readonly profileFolder: string | null;
  readonly holdSeconds: number | null;
  readonly json: boolean;
}

function readNames(text: string): readonly Case[] {
  return text.split(',').map((name) => {
    const found = cases.find((one) => one.name === name);
    if (found === undefined)
      throw new UsageError(`unknown case '${name}': ${cases.map((one) => one.name).join(', ')}`);
    return found;
  });
}

function readCounts(name: string, text: string, max: number): readonly number[] {
  return text.split(',').map((part) => readCount(name, part, 1, max));
}

/** null: only the usage was asked for. */
export function readSettings(args: readonly string[]): Settings | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      all: { type: 'boolean', default: false },
      cases: { type: 'string' },
      connections: { type: 'string' },
      workers: { type: 'string' },
      rounds: { type: 'string', default: '7' },
      seconds: { type: 'string' },
      gate: { type: 'boolean', default: false },
      latency: { type: 'boolean', default: false },
      reference: { type: 'boolean', default: false },
      'buffered-log': { type: 'boolean', default: false },
      built: { type: 'boolean', default: false },
      engine: { type: 'boolean', default: false },
      'cpu-prof': { type: 'string' },
      hold: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const { all } = values;
  const isMatrix = all || values.cases !== undefined;
  const chosen = values.cases === undefined ? (all ? cases : []) : readNames(values.cases);
  const isHeld = values.hold !== undefined;
  const isGate = !isMatrix && !values.latency && !isHeld;
  if (!isMatrix && values.connections !== undefined)
    throw new UsageError('--connections goes with --cases or --all');
  if (!isMatrix && !isHeld && values.workers !== undefined)
    throw new UsageError('--workers goes with --cases, --all or --hold');
  if (values.engine && !isGate) throw new UsageError('--engine goes with the judged case only');
  return {
    cases: isGate ? [gateCase] : chosen,
    connections: readCounts('connections', values.connections ?? (all ? '1,64,512' : '64'), 2048),
    workers: readCounts('workers', values.workers ?? (all ? '1,2' : '1'), 64),
    rounds: readCount('rounds', values.rounds, 1, 1000),
    seconds: readCount('seconds', values.seconds ?? (isGate ? '3' : '1'), 1, 600),
    judges: isGate || values.gate,
    latency: values.latency,
    reference: values.reference,
    buffersLog: values['buffered-log'],
    built: values.built,
    engine: values.engine,
    profileFolder: values['cpu-prof'] ?? null,
    holdSeconds: values.hold === undefined ? null : readCount('hold', values.hold, 1, 86_400),
    json: values.json,
  };
}
