// How long requests take at a rate that all can bear: what is left when nobody queues for the processor.
import { setTimeout as pause } from 'node:timers/promises';
import { median } from '../figures.ts';
import { cpuUs } from '../programs.ts';
import type { Asking } from './cases.ts';
import type { Load } from './loads/load.ts';
import type { Contender } from './peers/contender.ts';
import type { Stage } from './stage.ts';

export const ratePerSecond = 6000;
const connections = 64;
const warmUpMs = 5000;
const turnMs = 4000;

export interface PacedFigures {
  readonly contender: string;
  readonly ratePerSecond: number;
  readonly answeredPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly p99RatioToNginx: number;
  readonly cpuMicroseconds: number;
}

interface Turn {
  readonly answeredPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly cpuMicroseconds: number;
}

async function takeTurn(load: Load, contender: Contender, asking: Asking, lastsMs: number): Promise<Turn> {
  const cpu = () => contender.pids.reduce((sum, pid) => sum + cpuUs(pid), 0);
  await load.begin({ port: contender.ports.http, connections, asking, ratePerSecond });
  const [before, cpuBefore, startMs] = [await load.count(), cpu(), performance.now()];
  await pause(lastsMs);
  const [after, cpuAfter, endMs] = [await load.count(), cpu(), performance.now()];
  const latency = await load.end();
  return {
    answeredPerSecond: ((after - before) * 1000) / (endMs - startMs),
    cpuMicroseconds: (cpuAfter - cpuBefore) / (after - before),
    ...latency,
  };
}

export async function measureLatency(
  stage: Stage,
  load: Load,
  asking: Asking,
  rounds: number,
): Promise<readonly PacedFigures[]> {
  const { contenders } = stage;
  const turns = new Map<string, Turn[]>(contenders.map(({ name }) => [name, []]));
  for (const contender of contenders) await takeTurn(load, contender, asking, warmUpMs);
  for (let round = 0; round < rounds; round++) {
    const first = round % contenders.length;
    for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)])
      turns.get(contender.name)!.push(await takeTurn(load, contender, asking, turnMs));
    stage.dropLogs();
  }
  const ofNginx = turns.get('nginx')!;
  return contenders.map(({ name }) => {
    const own = turns.get(name)!;
    const middle = (of: (turn: Turn) => number): number => median(own.map(of));
    return {
      contender: name,
      ratePerSecond,
      answeredPerSecond: Math.round(middle((turn) => turn.answeredPerSecond)),
      p50Us: Math.round(middle((turn) => turn.p50Us)),
      p99Us: Math.round(middle((turn) => turn.p99Us)),
      p99RatioToNginx: Number(median(own.map((turn, i) => turn.p99Us / ofNginx[i]!.p99Us)).toFixed(3)),
      cpuMicroseconds: Number(middle((turn) => turn.cpuMicroseconds).toFixed(2)),
    };
  });
}
