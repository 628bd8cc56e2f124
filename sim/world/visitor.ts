// A visitor of a story: one request after the other at drawn intervals, until it is told to stop.

import { plainRequest } from '../history/plan.ts';
import { below, DrawStream } from '../scheduler/draws.ts';
import type { World } from './world.ts';

export interface Visitor {
  /** Sends nothing new; what runs is finished. */
  stop(): void;
}

export interface VisitorOptions {
  readonly method: 'GET' | 'POST';
  readonly host: string;
  /** Mean pause between the end of one request and the start of the next. */
  readonly pauseMs: number;
}

export function startVisitor(world: World, name: string, options: VisitorOptions): Visitor {
  const { scheduler } = world;
  const { method, host, pauseMs } = options;
  const client = world.addClient({ name, gateway: 0, tls: false, pipelines: false, readBytesPerSecond: 0 });
  const lane = scheduler.lane(`visitor ${name}`);
  const draws = new DrawStream(scheduler.seed, `visitor ${name}`);
  const request = { ...plainRequest, method, host };
  let count = 0;
  let stopped = false;
  const send = (): void => {
    if (stopped) return;
    client.send(`${name}-${count++}`, request, plan);
  };
  const plan = (): void => {
    if (!stopped) scheduler.after((1 + below(draws.next(), 2 * pauseMs)) * 1000, send, lane);
  };
  plan();
  return {
    stop() {
      stopped = true;
    },
  };
}
