// Interleaved rounds: each contender in turns of a second, and who goes first moves on.
import { setTimeout as pause } from 'node:timers/promises';
import { median } from '../figures.ts';
import { cpuUs, residentMb } from '../programs.ts';
import type { Case } from './cases.ts';
import type { Load, Target } from './loads/load.ts';
import type { Contender } from './peers/contender.ts';
import type { Stage } from './stage.ts';

export interface Pace {
  readonly rounds: number;
  /** Turns of a second in each round. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly connections: number;
}

/** One contender in one round. */
export interface Round {
  readonly cpuUs: number;
  readonly perSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

/** One contender over all rounds. */
export interface Course {
  readonly contender: string;
  readonly rounds: readonly Round[];
  readonly residentMb: number;
}

interface Turn extends Round {
  readonly answered: number;
}

const turnMs = 1000;

/** Connections are opened before the account begins: what is measured is what they cost while they are kept. */
function leadMs({ asking, connections }: Target): number {
  return asking.isTls && !asking.closes ? 250 + 3 * connections : 250;
}

function cpuOf(contender: Contender): number {
  return contender.pids.reduce((sum, pid) => sum + cpuUs(pid), 0);
}

async function takeTurn(load: Load, contender: Contender, target: Target, lastsMs: number): Promise<Turn> {
  await load.begin(target);
  await pause(leadMs(target));
  const [countBefore, cpuBefore, startMs] = [await load.count(), cpuOf(contender), performance.now()];
  await pause(lastsMs);
  const [count, cpu, endMs] = [await load.count(), cpuOf(contender), performance.now()];
  const latency = await load.end();
  const answered = count - countBefore;
  if (answered <= 0) throw new Error(`${contender.name} answered nothing`);
  return {
    cpuUs: cpu - cpuBefore,
    perSecond: (answered * 1000) / (endMs - startMs),
    answered,
    ...latency,
  };
}

function roundOf(turns: readonly Turn[]): Round {
  const sum = (of: (turn: Turn) => number) => turns.reduce((total, turn) => total + of(turn), 0);
  return {
    cpuUs: sum((turn) => turn.cpuUs) / sum((turn) => turn.answered),
    perSecond: sum((turn) => turn.perSecond) / turns.length,
    p50Us: median(turns.map(({ p50Us }) => p50Us)),
    p99Us: median(turns.map(({ p99Us }) => p99Us)),
  };
}

export async function runRounds(stage: Stage, load: Load, of: Case, pace: Pace): Promise<readonly Course[]> {
  const { contenders } = stage;
  const { connections } = pace;
  const targetOf = ({ ports }: Contender): Target => ({
    port: of.asking.isTls ? ports.https : ports.http,
    connections,
    asking: of.asking,
    ratePerSecond: 0,
  });
  // What is compared is the steady state: V8 goes on optimising for some seconds.
  for (const contender of contenders)
    await takeTurn(load, contender, targetOf(contender), pace.warmUpSeconds * 1000);
  const rounds = new Map<string, Round[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < pace.rounds; round++) {
    const turns = new Map<string, Turn[]>(contenders.map(({ name }) => [name, []]));
    for (let turn = 0; turn < pace.seconds; turn++) {
      // A machine that is faster at times favours nobody.
      const first = (round + turn) % contenders.length;
      for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)])
        turns.get(contender.name)!.push(await takeTurn(load, contender, targetOf(contender), turnMs));
    }
    stage.dropLogs();
    for (const [name, taken] of turns) rounds.get(name)!.push(roundOf(taken));
  }
  return contenders.map(({ name, pids }) => ({
    contender: name,
    rounds: rounds.get(name)!,
    residentMb: pids.reduce((sum, pid) => sum + residentMb(pid), 0),
  }));
}
