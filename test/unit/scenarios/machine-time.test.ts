// Runs on a machine that keeps processes waiting: how its time is told from the clock on the wall, and what is left undecided by it.
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Collected } from '../../../scenarios/runner/backend.ts';
import { judgeLive, whyUndecided } from '../../../scenarios/runner/live/judge.ts';
import { whyMetLate } from '../../../scenarios/runner/live/late-expectations.ts';
import { onMachineTime } from '../../../scenarios/runner/live/on-machine-time.ts';
import { localRecords } from '../../../scenarios/runner/local/backend.ts';
import { Stretches, waitsOf } from '../../../scenarios/runner/local/machine-time.ts';
import { createEvidence, type Evidence, type RequestRecord } from '../../../sim/evidence/evidence.ts';
import type { CountPromise } from '../../../sim/evidence/promises.ts';
import { planAt } from '../../../sim/history/generate/plan-at.ts';
import { defaultKnobs } from '../../../sim/history/plan.ts';

const stretch = fc.tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 0, max: 2_000_000 }));

describe('time of the machine', () => {
  test('never goes back, never faster than the clock, and loses what was lost', () => {
    fc.assert(
      fc.property(fc.array(stretch), fc.array(fc.nat(30_000_000)), (parts, asked) => {
        const stretches = new Stretches();
        let us = 0;
        let lostUs = 0;
        for (const [lengthUs, waitedUs] of parts) {
          us += lengthUs;
          lostUs += Math.min(lengthUs, waitedUs);
          stretches.add(us, waitedUs);
        }
        const moments = [...asked, us].sort((a, b) => a - b);
        for (const [index, moment] of moments.entries()) {
          const before = index === 0 ? 0 : moments[index - 1]!;
          const passedUs = stretches.at(moment) - stretches.at(before);
          expect(passedUs).toBeGreaterThanOrEqual(moment === before ? 0 : Number.MIN_VALUE);
          expect(passedUs).toBeLessThanOrEqual(moment - before + 1e-3);
        }
        // However much was lost, something went on.
        expect(stretches.at(us)).toBeGreaterThanOrEqual(us - lostUs - 1e-3);
        expect(stretches.at(us)).toBeLessThanOrEqual(us - lostUs + us * 0.02 + 1e-3);
      }),
    );
  });

  test('what the kernel tells of a process that waits for a core grows, where it tells it', () => {
    const before = waitsOf(process.pid);
    // Elsewhere only the runner's own lateness is seen.
    if (!existsSync('/proc/self/schedstat')) return expect(before.size).toBe(0);
    const after = waitsOf(process.pid);
    expect(before.size).toBeGreaterThan(0);
    for (const [thread, wait] of before) expect(after.get(thread) ?? wait).toBeGreaterThanOrEqual(wait);
  });
});

const secondUs = 1_000_000;

function request(client: string, sentUs: number, doneUs: number, status = 200): RequestRecord {
  const nonce = `r${sentUs}`;
  const place = { gateway: 'gateway-1', scheme: 'http', kind: 'plain', host: 'x', path: '/' } as const;
  const sent = { method: 'GET', sentHeaders: {}, bodyBytes: 0, bodyBytesMax: 0, bodyHash: '' };
  const came = { headers: {}, body: '', complete: true, error: '', certificate: '', certificatePem: '' };
  const way = { connectedUs: sentUs, origin: '', messages: [], announced: null, shows: '', reused: false };
  return { nonce, client, ...place, ...sent, readBytesPerSecond: 0, sentUs, doneUs, status, ...came, ...way };
}

function collected(parts: Partial<Evidence>, machineUs?: (us: number) => number): Collected {
  const promise = {
    measure: 'answers',
    status: 502,
    groups: ['readers'],
    comparison: '<',
    value: 2,
  } as const;
  const promises: readonly CountPromise[] = [{ text: 'answers(502) < 2', ...promise }];
  return {
    evidence: { ...createEvidence(), ...parts },
    plan: { ...planAt(1, 0), timeline: [], knobs: defaultKnobs, healMs: 9_000, promises },
    endUs: 10 * secondUs,
    startedUs: 5 * secondUs,
    endedEarly: true,
    objects: new Map(),
    ...(machineUs === undefined ? {} : { machineUs }),
  };
}

/** Two fifths of the time were there for processes. */
const busy = (us: number): number => us / 2.5;

describe('what is broken by the clock', () => {
  const latency = { percent: 99, groups: ['readers'], belowMs: 300 };
  const latencies = [{ text: 'p99 < 300ms', latency }];
  const judge = (run: Collected) =>
    judgeLive(run, { records: localRecords, leavesOut: new Map(), latencies });
  const slow = { requests: [request('readers-1-1', 6 * secondUs, 6.4 * secondUs)] };
  const slower = { requests: [request('readers-1-1', 6 * secondUs, 8 * secondUs)] };
  const failed = (count: number) => ({
    requests: Array.from({ length: count }, (_, index) =>
      request('readers-1-1', 6 * secondUs + index, 6 * secondUs + index + 1_000, 502),
    ),
  });
  const found = (run: Collected, of: 'findings' | 'undecided'): readonly string[] =>
    judge(run)[of].map(({ property }) => property);

  test.each([
    ['a latency', 'latency', slow, ['findings', 'undecided']],
    ['a latency that the machine does not explain', 'latency', slower, ['findings', 'findings']],
    ['more failures than may be', 'S2', failed(4), ['findings', 'undecided']],
    ['more than a slow machine makes of it', 'S2', failed(5), ['findings', 'findings']],
  ] as const)('%s', (_what, property, evidence, [idle, loaded]) => {
    for (const [answer, machineUs] of [
      [idle, (us: number) => us],
      [idle, undefined],
      [loaded, busy],
    ] as const) {
      const run = collected(evidence, machineUs);
      expect(found(run, answer)).toContain(property);
      expect(found(run, answer === 'findings' ? 'undecided' : 'findings')).not.toContain(property);
    }
  });

  test('where a second was hardly there at all, no limit of the product says anything', () => {
    const starved = (us: number): number => Math.min(us, 5 * secondUs) + Math.max(0, us - 5 * secondUs) / 4;
    expect(found(collected(failed(9), starved), 'undecided')).toContain('S2');
    // What came long after it is judged, and what nobody asked for before it was over.
    const early = (us: number): number => us - Math.min(us, 1.5 * secondUs) * 0.75;
    expect(found(collected(failed(9), early), 'findings')).toContain('S2');
    const late = {
      requests: failed(9).requests.map((one) => ({ ...one, doneUs: one.doneUs + 9 * secondUs })),
    };
    expect(found(collected(late, early), 'findings')).toContain('S2');
  });

  test('why is said with what it might be', () => {
    const run = collected(slow, busy);
    expect(whyUndecided(judge(run), run)).toBe(
      'the machine kept processes waiting for 6.0 of 10.0 s, which may be why: latency p99 < 300ms: it is 400.0 ms',
    );
  });

  test('an expectation that came late', () => {
    const one = { id: 'x1', text: 'GET x 200', atUs: 0, doneUs: 3 * secondUs, met: true, seen: '' };
    expect(whyMetLate(collected({ expectations: [one] }, busy))).toBe('');
    expect(whyMetLate(collected({ expectations: [{ ...one, lateUs: 1_500_000 }] }, busy))).toBe(
      'the machine kept processes waiting for 6.0 of 10.0 s, which may be why GET x 200 came 1500 ms late',
    );
  });
});

test('the order of everything stays, and moments that were none stay so', () => {
  const us = fc.oneof(fc.constant(-1), fc.integer({ min: 0, max: 10_000_000 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(us, us)), (times) => {
      const requests = times.map(([sentUs, doneUs]) => request('a', sentUs, doneUs));
      const told = onMachineTime(collected({ requests }), busy).evidence.requests;
      for (const [index, { sentUs, doneUs }] of requests.entries()) {
        expect(told[index]!.doneUs === -1).toBe(doneUs === -1);
        if (sentUs !== -1 && doneUs !== -1)
          expect(Math.sign(told[index]!.doneUs - told[index]!.sentUs)).toBe(Math.sign(doneUs - sentUs));
      }
    }),
  );
});
