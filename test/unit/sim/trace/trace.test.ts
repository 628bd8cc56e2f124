// Traces: what is written can be read and replays to the last event; what is not whole, or not of this version, is told apart
// in a sentence.
import { describe, expect, test } from 'vitest';
import { planAt } from '../../../../sim/history/generate/plan-at.ts';
import type { FoundViolation } from '../../../../sim/history/report.ts';
import type { RunSurroundings } from '../../../../sim/history/run.ts';
import type { Trace, TraceLine, VerdictLine } from '../../../../sim/trace/format.ts';
import { readTrace } from '../../../../sim/trace/read.ts';
import { classify, describeLine, replay, unknownFaults } from '../../../../sim/trace/replay.ts';
import { toPage } from '../../../../sim/trace/view/page.ts';
import { toPerfetto } from '../../../../sim/trace/view/perfetto.ts';
import { showTrace } from '../../../../sim/trace/view/text.ts';
import { type ManifestHead, writeTrace } from '../../../../sim/trace/write.ts';
import { readDefinitions } from '../../../../src/cli/simulate/definitions.ts';

const surroundings: RunSurroundings = { crds: readDefinitions() as RunSurroundings['crds'] };
const violation: FoundViolation = {
  property: 'P12',
  message: 'POST r1 was taken 2 times',
  atUs: 5,
  witnesses: ['r1'],
  signature: 'P12 # was taken # times',
};
const head: ManifestHead = {
  product: '0.1.0',
  node: '26.0.0',
  build: 'b',
  canary: null,
  promise: 'Once.',
  origin: 'seed 1 index 0',
  entriesBefore: 40,
  shrinkRuns: 3,
};

/** A plan with a Secret in it. */
const plan = Array.from({ length: 30 }, (_, index) => planAt(1, index)).find(({ objects }) =>
  objects.some(({ resource }) => resource === 'secrets'),
)!;
const lines = writeTrace(plan, violation, head, surroundings);
const text = `${lines.join('\n')}\n`;

function read(): Trace {
  const trace = readTrace(text);
  if (!trace.ok) throw new Error(trace.error);
  return trace.value;
}

describe('what was written', () => {
  test('is read', () => {
    const trace = read();
    expect(trace.plan).toEqual(plan);
    expect(trace.manifest).toMatchObject({ ...head, property: 'P12', message: violation.message });
    expect(trace.run.filter((line) => line.includes('"type":"event"'))).toHaveLength(trace.end.events);
    expect(trace.run.filter((line) => line.includes('"type":"checkpoint"'))).toHaveLength(
      Math.floor(trace.end.events / 1000),
    );
    expect(trace.store.length).toBeGreaterThan(10);
    const kinds = new Set(trace.story.map(({ kind }) => kind));
    for (const kind of ['request', 'receipt', 'config', 'swap', 'call', 'life'] as const)
      expect(kinds).toContain(kind);
  });

  test('names every lane', () => {
    for (const line of read().run) {
      const event = JSON.parse(line) as TraceLine;
      if (event.type === 'event') expect(event.lane).toMatch(/^[a-z]/);
    }
  });

  test('is in the order of time', () => {
    const times = read().story.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test('shows nothing of Secrets in the log of the store', () => {
    const secrets = read().store.filter(({ resource }) => resource === 'secrets');
    expect(secrets.length).toBeGreaterThan(0);
    for (const { object } of secrets) {
      const { data } = object as { data?: Record<string, string> };
      for (const value of Object.values(data ?? {})) expect(value).toMatch(/^\(\d+ characters\)$/);
    }
  });

  test('replays to the last event', () => {
    const trace = read();
    expect(replay(trace, surroundings)).toEqual({
      divergence: null,
      hash: trace.end.hash,
      events: trace.end.events,
      verdict: trace.verdict,
    });
  });
});

describe('a replay that differs says where', () => {
  const cases: readonly (readonly [string, (trace: Trace) => Pick<Trace, 'plan' | 'run'>, number])[] = [
    [
      'an event of the trace was another one',
      ({ plan: same, run }) => ({ plan: same, run: run.with(40, '{}') }),
      0,
    ],
    ['the trace ends early', ({ plan: same, run }) => ({ plan: same, run: run.slice(0, 100) }), 101],
    [
      'the trace goes on',
      ({ plan: same, run }) => ({ plan: same, run: [...run, run.at(-1)!] }),
      read().end.events + 1,
    ],
    ['another plan', ({ run }) => ({ plan: { ...plan, seed: plan.seed + 1 }, run }), 0],
  ];
  test.each(cases)('%s', (_name, change, event) => {
    const { divergence } = replay(change(read()), surroundings);
    expect(divergence).not.toBe(null);
    expect(divergence!.traced).not.toBe(divergence!.replayed);
    if (event > 0) expect(divergence!.event).toBe(event);
    else expect(divergence!.event).toBeLessThanOrEqual(100);
  });

  test('in words', () => {
    expect(describeLine('')).toBe('nothing more');
    expect(describeLine('{"type":"event","at":5,"n":2,"cause":1,"lane":"host a"}')).toBe(
      'host a at 5 us, caused by event 1',
    );
  });
});

/** The trace with one line changed. */
function changed(at: number, change: (line: Record<string, unknown>) => unknown): string {
  const line = JSON.parse(lines[at]!) as Record<string, unknown>;
  return `${lines.with(at, JSON.stringify(change(line))).join('\n')}\n`;
}

describe('what cannot be read', () => {
  const last = lines.length - 1;
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['empty', '', /this is no trace: it is empty/],
    ['something else', 'apiVersion: v1\n', /this is no trace: the first line is not a manifest/],
    ['other JSON', '{"type":"plan"}\n', /the first line is not a manifest/],
    [
      'newer',
      changed(0, (line) => ({ ...line, format: 2, product: '9.1.0' })),
      /written in format 2 by tidegate 9\.1\.0; this one reads format 1: use a newer tidegate/,
    ],
    ['older', changed(0, (line) => ({ ...line, format: 0 })), /use tidegate 0\.1\.0/],
    [
      'a plan of another version',
      changed(1, (line) => ({ ...line, plan: { ...plan, version: 99 } })),
      /its plan is of version 99, this tidegate runs version \d+/,
    ],
    [
      'a plan that was changed',
      changed(1, (line) => ({ ...line, plan: { ...plan, seed: 1 } })),
      /damaged: the plan is not the one/,
    ],
    ['no plan', changed(1, () => ({ type: 'event' })), /damaged: line 2 is not the plan/],
    ['cut within a line', text.slice(0, -30), /truncated: the last line is not whole/],
    [
      'cut between lines',
      `${lines.slice(0, -1).join('\n')}\n`,
      /truncated: the line that ends a trace is missing/,
    ],
    [
      'a line is missing',
      `${lines.toSpliced(50, 1).join('\n')}\n`,
      /damaged: it has \d+ lines before the last/,
    ],
    ['no JSON', `${lines.with(20, '{"type":').join('\n')}\n`, /damaged: line 21 is not a line of a trace/],
    ['an unknown line', changed(20, () => ({ type: 'gossip' })), /damaged: line 21 is not a line of a trace/],
    ['no verdict', changed(last - 1, () => JSON.parse(lines[30]!)), /damaged: there is no verdict/],
  ];
  test.each(cases)('%s', (_name, given, expected) => {
    const result = readTrace(given);
    expect(result.ok ? 'it was read' : result.error).toMatch(expected);
  });
});

describe('what another build makes of it', () => {
  const found = (property: string): FoundViolation => ({ ...violation, property });
  const verdict = (
    violations: readonly FoundViolation[],
    premises: VerdictLine['premises'],
    hits: number,
  ): VerdictLine => ({ type: 'verdict', violations, premises, faults: [['f1', 'crash-worker', hits]] });
  const trace: Trace = { ...read(), verdict: verdict([violation], [['P12', 3]], 1) };
  const cases: readonly (readonly [string, VerdictLine, unknown])[] = [
    ['nothing is violated', verdict([], [['P12', 1]], 2), { answer: 'FIXED' }],
    [
      'the same property',
      verdict([found('P15'), violation], [['P12', 1]], 1),
      { answer: 'STILL FAILS', message: violation.message },
    ],
    [
      'another property',
      verdict([found('P15')], [['P12', 1]], 1),
      { answer: 'CHANGED', property: 'P15', message: violation.message },
    ],
    [
      'the premise did not hold',
      verdict([], [['P12', 0]], 1),
      { answer: 'NOT REACHED', reason: 'the premise of P12 did not hold once' },
    ],
    [
      'the property is gone',
      verdict([], [], 1),
      { answer: 'NOT REACHED', reason: 'this build has no property P12' },
    ],
    [
      'a fault met nothing',
      verdict([], [['P12', 1]], 0),
      { answer: 'NOT REACHED', reason: 'the fault f1 (crash-worker) met nothing this time' },
    ],
  ];
  test.each(cases)('%s', (_name, now, expected) => {
    expect(classify(trace, now)).toEqual(expected);
  });

  test('faults that this build has not are named', () => {
    const fault = { id: 'f1', atMs: 0, do: 'fault', fault: 'locusts', untilMs: 0, target: '' } as const;
    const timeline = [{ ...fault, parameters: {}, when: null }];
    expect(unknownFaults({ ...trace, plan: { ...plan, timeline } })).toEqual(['locusts']);
    expect(unknownFaults(trace)).toEqual([]);
  });
});

describe('for people', () => {
  const trace: Trace = { ...read(), verdict: { ...read().verdict, violations: [violation] } };

  test('as text: what was violated, the plan, and everything in the order of time', () => {
    const text = showTrace(trace, false);
    expect(text).toMatch(/^VIOLATED P12: Once\.\n {2}POST r1 was taken 2 times\n/);
    for (const { id } of plan.timeline) expect(text).toContain(` ${id} `);
    const times = [...text.matchAll(/^ +(\d+\.\d{6}) /gm)].map(([, time]) => Number(time));
    const story = times.slice(plan.timeline.length);
    expect(story.length).toBeGreaterThan(100);
    expect(story).toEqual(story.toSorted((a, b) => a - b));
    expect(text).toMatch(/takes config [0-9a-f]{8} of epoch \d+; it has seen .*others \d+/);
    expect(showTrace(trace, true).length).toBeGreaterThan(text.length);
  });

  test('as one page that needs nothing else and has a row for everybody', () => {
    const hostile = { ...trace, manifest: { ...trace.manifest, message: '<script>alert(1)</script>' } };
    const page = toPage(hostile);
    expect(page).not.toContain('alert(1)</script>');
    expect(page).not.toMatch(/(src|href)=|@import|url\(/);
    expect(page.match(/<(rect|text|title|svg|tr|td)\b/g)!.length).toBe(
      page.match(/<\/(rect|text|title|svg|tr|td)>/g)!.length,
    );
    for (const { lane, kind } of trace.story) if (kind !== 'fault') expect(page).toContain(lane.slice(-20));
  });

  test('for ui.perfetto.dev', () => {
    const { traceEvents } = JSON.parse(toPerfetto(trace));
    const names = traceEvents.filter(({ name }: { name: string }) => name === 'thread_name');
    const lanes = new Set([...trace.story.map(({ lane }) => lane), 'store', 'faults']);
    expect(names.map(({ args }: { args: { name: string } }) => args.name).sort()).toEqual([...lanes].sort());
    const marks = traceEvents.filter(({ ph }: { ph: string }) => ph !== 'M');
    expect(marks).toHaveLength(trace.story.length + trace.store.length);
  });
});
