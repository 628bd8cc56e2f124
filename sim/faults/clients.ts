// Clients that behave badly: read nothing, send byte by byte, or go away in the middle.
import type { PlannedRequest } from '../history/plan.ts';
import { answerBytesHeader } from '../pod/answer-body.ts';
import { type AimedPlan, type Fault, pick } from './fault.ts';
import { stepsOf } from './steps.ts';
import { aimAtPath, bringClient, visit, visitsOf, visitsTaken } from './visits.ts';

/** Where links cut everything small, large answers take too many steps. */
function answerBytesIn({ knobs: { segmentBytesMax } }: AimedPlan, wanted: number): number {
  return segmentBytesMax === 0 ? wanted : Math.min(wanted, 100 * segmentBytesMax);
}

const unreadable: Fault = {
  id: 'X08',
  name: 'clients-do-not-read',
  summary: 'Clients ask for large answers and do not read them.',
  harms: [],
  lastsMsMax: 8_000,
  aim(draw, shape, plan) {
    const place = aimAtPath(draw, plan);
    if (place === null) return null;
    const traits = { gateway: draw('gateway', shape.gateways), tls: draw('tls', 3) === 0 };
    const answerBytes = answerBytesIn(plan, 100_000 + draw('bytes', 500_000));
    const figures = { count: 1 + draw('count', 4), answerBytes };
    return { target: '', parameters: { ...place, ...traits, ...figures } };
  },
  begin(stage) {
    const { entry, record } = stage;
    const { count, answerBytes } = entry.parameters;
    // What one read brings is read; the next read never comes.
    const client = bringClient(stage, { readBytesPerSecond: 1 });
    const request = visit(entry.parameters, { headers: { [answerBytesHeader]: String(answerBytes) } });
    for (let index = 0; index < Number(count); index++) client.send(`${entry.id}.${index}`, request);
    return () => {
      client.abandon();
      record.hits += visitsTaken(stage);
    };
  },
};

const slowLoris: Fault = {
  id: 'X09',
  name: 'slowloris',
  summary: 'Many clients send a head or a body a few bytes at a time and never come to its end.',
  harms: [],
  lastsMsMax: 9_000,
  aim(draw, shape, plan) {
    const place = aimAtPath(draw, plan);
    if (place === null) return null;
    const traits = { gateway: draw('gateway', shape.gateways), tls: draw('tls', 3) === 0 };
    return {
      target: '',
      parameters: { ...place, ...traits, count: 5 + draw('count', 20), body: draw('body', 2) === 0 },
    };
  },
  begin(stage) {
    const { entry, record } = stage;
    const { count, body } = entry.parameters;
    const client = bringClient(stage, {});
    const sendMs = 2 * Math.max(1, entry.untilMs - entry.atMs);
    const slow = body === true ? { method: 'POST', bodyBytes: 1_000, sendMs } : { sendMs };
    const request = visit(entry.parameters, slow);
    for (let index = 0; index < Number(count); index++) client.send(`${entry.id}.${index}`, request);
    return () => {
      // Those that the gateway has let in and neither answered nor dropped.
      record.hits += visitsOf(stage).filter(({ doneUs }) => doneUs < 0).length;
      client.abandon();
    };
  },
};

const moments = ['sending', 'waiting', 'answer', 'half-close'] as const;

function leaving(moment: string, afterMs: number, answerBytes: number): Partial<PlannedRequest> {
  switch (moment) {
    case 'sending':
      return { method: 'POST', bodyBytes: 3_000, sendMs: 4 * afterMs, abortMs: afterMs };
    case 'answer':
      return { headers: { [answerBytesHeader]: String(answerBytes) }, abortMs: 20 + afterMs };
    case 'half-close':
      return { halfCloses: true };
    default:
      return { abortMs: 1 + Math.floor(afterMs / 40) };
  }
}

const leave: Fault = {
  id: 'X10',
  name: 'clients-go-away',
  summary:
    'Clients close or reset their connection before the end of their request, while they wait, or in the middle of the answer.',
  harms: [],
  lastsMsMax: 5_000,
  aim(draw, shape, plan) {
    const place = aimAtPath(draw, plan);
    if (place === null) return null;
    const traits = { gateway: draw('gateway', shape.gateways), tls: draw('tls', 3) === 0 };
    const moment = pick(moments, draw('moment', 64));
    const figures = {
      everyMs: 50 + draw('pace', 400),
      afterMs: 1 + draw('after', 200),
      reset: draw('reset', 2) === 0,
      answerBytes: answerBytesIn(plan, 300_000),
    };
    return { target: '', parameters: { ...place, ...traits, moment, ...figures } };
  },
  begin(stage) {
    const { entry, record } = stage;
    const { moment, everyMs, afterMs, reset, answerBytes } = entry.parameters;
    const client = bringClient(stage, { readBytesPerSecond: moment === 'answer' ? 50_000 : 0 });
    const request = visit(entry.parameters, {
      ...leaving(String(moment), Number(afterMs), Number(answerBytes)),
      abort: reset === true ? 'reset' : 'close',
    });
    const steps = stepsOf(stage);
    steps.every(Number(everyMs), (index) =>
      client.send(`${entry.id}.${index}`, request, ({ error }) => {
        if (error === 'aborted' || moment === 'half-close') record.hits++;
      }),
    );
    return () => {
      steps.stop();
      client.abandon();
    };
  },
};

export const clientFaults: readonly Fault[] = [unreadable, slowLoris, leave];
