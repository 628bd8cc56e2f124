// Draws are keyed by who draws: a plan without one unrelated request gives the same events to all others.
import { describe, expect, it } from 'vitest';
import type { ReceiptRecord, RequestRecord } from '../../../../sim/evidence/evidence.ts';
import { planAt } from '../../../../sim/history/generate/plan-at.ts';
import type { Plan, RequestEntry } from '../../../../sim/history/plan.ts';
import { type History, runHistory } from '../../../../sim/history/run.ts';
import { streamKey } from '../../../../sim/scheduler/draws.ts';

interface Traced {
  readonly history: History;
  /** 'time lane' to how often. */
  readonly events: ReadonlyMap<string, number>;
}

function trace(plan: Plan): Traced {
  const events = new Map<string, number>();
  const recorder = {
    event(_sequence: number, _cause: number, timeUs: number, lane: number) {
      const key = `${timeUs} ${lane}`;
      events.set(key, (events.get(key) ?? 0) + 1);
    },
    observation() {},
  };
  return { history: runHistory(plan, { crds: [], recorder }), events };
}

/** Ids that the gateway draws say nothing about what happens: they are numbered in order of need. */
function withoutIds(text: string): string {
  return text.replace(/[0-9a-f]{32}/g, '');
}

function ofOthers(history: History, nonce: string): readonly RequestRecord[] {
  const others = history.evidence.requests.filter((request) => request.nonce !== nonce);
  return JSON.parse(withoutIds(JSON.stringify(others))) as readonly RequestRecord[];
}

/** A plan in which a client of its own asks an application that nobody else asks for. */
function withStranger(plan: Plan): { readonly plan: Plan; readonly stranger: RequestEntry } {
  const last = plan.timeline.filter((entry) => entry.do === 'request').at(-1) as RequestEntry;
  const stranger: RequestEntry = {
    ...last,
    id: 'stranger',
    atMs: 9_000,
    client: 'stranger',
    request: {
      ...last.request,
      host: 'nobody-else.example',
      path: '/',
      kind: 'plain',
      sendMs: 0,
      abortMs: 0,
    },
  };
  const client = {
    name: 'stranger',
    gateway: 0,
    tls: false,
    pipelines: false,
    readBytesPerSecond: 0,
  };
  const timeline = [...plan.timeline, stranger].sort((a, b) => a.atMs - b.atMs);
  return { plan: { ...plan, clients: [...plan.clients, client], timeline }, stranger };
}

describe('leaving one request out', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])('changes no event of any other request (plan %i)', (index) => {
    const { plan, stranger } = withStranger(planAt(11, index));
    const whole = trace(plan);
    const less = trace({ ...plan, timeline: plan.timeline.filter((entry) => entry !== stranger) });
    expect(ofOthers(less.history, stranger.id)).toEqual(ofOthers(whole.history, stranger.id));
    const taken = ({ nonce, pod, atUs, connectedUs }: ReceiptRecord) => [nonce, pod, atUs, connectedUs];
    expect(less.history.evidence.receipts.map(taken)).toEqual(
      whole.history.evidence.receipts.filter(({ nonce }) => nonce !== stranger.id).map(taken),
    );
    // Whatever happens without it happens with it too, at the same time.
    const added = [...less.events].filter(([key, count]) => (whole.events.get(key) ?? 0) < count);
    expect(added).toEqual([]);
    expect(whole.history.events).toBeGreaterThan(less.history.events);
    expect(whole.events.has(`9000000 ${streamKey(plan.seed, 'plan stranger')}`)).toBe(true);
  });
});
