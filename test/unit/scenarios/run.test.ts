// Scenarios on the simulator: verdicts, the plan that comes out, and that the run comes to the same as its rehearsal.
import { describe, expect, test } from 'vitest';
import { resultOf, runThatNeverBegan, type ScenarioRun } from '../../../scenarios/runner/report.ts';
import { runText } from './surroundings.ts';

const visitors = 'clients:\n  visitors: { send: GET http://shop.example/, rate: 50/s }\n';
const head = `scenario: a\npromise: b\nworld: { use: [shop] }\n${visitors}`;

describe('verdicts', () => {
  test('ok: rehearsed, run and judged', () => {
    const run = runText(
      `${head}steps:\n  - scale: { deployment/shop: 4 }\n  - wait: { available: deployment/shop }\n  - expect: { request: GET http://shop.example/, status: 200 }\nexpect:\n  always: [failed_requests == 0, requests > 20]\n  sometimes: [request in flight at a change]\n`,
    );
    expect(run).toMatchObject({ verdict: 'ok', why: '', asRehearsed: true, changes: 1, violations: [] });
    expect(run.judged).toEqual(expect.arrayContaining(['P01', 'P08', 'S1', 'S2']));
    expect(run.requests).toBeGreaterThan(50);
    expect(run.p99Ms).toBeGreaterThan(run.p50Ms);
  });

  test('violated: a step that does not come true', () => {
    const run = runText(
      `${head}steps:\n  - expect: { request: GET http://shop.example/nowhere, status: 200, within: 1s }\n`,
    );
    expect(run.verdict).toBe('violated');
    expect(run.violations.map(({ property, message }) => [property, message.split(' (from', 1)[0]])).toEqual([
      ['S1', 'expected GET http://shop.example/nowhere 200 within 1.0 s; gateway-1 answered 404'],
    ]);
  });

  test('violated: what may never be', () => {
    const run = runText(
      `${head}steps:\n  - expect: { request: GET http://shop.example/, never: 200, for: 500ms }\n`,
    );
    expect(run.violations.map(({ property }) => property)).toEqual(['S1']);
  });

  test('violated: a figure over all requests, told by its first failure', () => {
    const run = runText(
      `${head}steps:\n  - delete: ingress/shop\n  - wait: 1s\nexpect: { always: [failed_requests == 0] }\n`,
    );
    expect(run.violations[0]?.message).toMatch(
      /^failed_requests == 0: it is \d+ of \d+; GET shop\.example\/ \(r\d+\) -> 404: no Route matched with those values$/,
    );
  });

  test('inconclusive: what is waited for does not come', () => {
    const run = runText(
      `${head}steps:\n  - wait: { gone: deployment/shop, within: 2s }\n  - delete: ingress/shop\n`,
    );
    expect(run).toMatchObject({
      verdict: 'inconclusive',
      why: 'waited 2 s for Deployment shop gone',
      changes: 0,
    });
  });

  test('inconclusive: what the cluster refuses', () => {
    const run = runText(`${head}steps:\n  - patch: { service/shop: { merge: { spec: { ports: [] } } } }\n`);
    expect(run.verdict).toBe('inconclusive');
    expect(run.why).toMatch(/^merge services shop was refused: /);
  });

  test('a condition that no run met makes the whole inconclusive, one that some run met does not', () => {
    const run = (count: number): ScenarioRun => ({
      ...runOf('ok'),
      sometimes: [['a worker crashed', count]],
    });
    expect(resultOf([run(0), run(0)])).toMatchObject({
      verdict: 'inconclusive',
      why: 'never met in 2 runs: a worker crashed',
    });
    expect(resultOf([run(0), run(1)])).toMatchObject({ verdict: 'ok' });
  });

  test('the worst run decides, and unsupported is never ok', () => {
    expect(resultOf([runOf('ok'), runOf('unsupported')]).verdict).toBe('unsupported');
    expect(resultOf([runOf('unsupported'), runOf('violated')]).verdict).toBe('violated');
  });
});

function runOf(verdict: ScenarioRun['verdict']): ScenarioRun {
  return runThatNeverBegan({ backend: 'sim', file: 'a.yaml', name: 'a', label: '', seed: 1 }, verdict, '');
}

test('what happens to workers is not aimed at a whole proxy', () => {
  const crashing = (target: string): string =>
    `${head}steps:\n  - fault: { crash-worker: ${target}, for: 1s }\n  - wait: 2s\n`;
  expect(() => runText(crashing('proxy-1'))).toThrow(
    "crash-worker: has to be aimed at a worker, as in 'proxy-1/worker-1'",
  );
  expect(runText(crashing('proxy-1/worker-1'))).toMatchObject({ verdict: 'ok', faults: [1, 1] });
});

describe('the plan', () => {
  test('has every step at the time at which it was done, faults with their end', () => {
    const { plan, faults } = runText(
      `${head}steps:\n  - fault: { delay-watch: endpointslices, by: 300ms, until: rolled }\n  - rollout: { deployment/shop: v2 }\n  - wait: { rolled: deployment/shop }\n  - expect: { only: v2, within: 2s }\n`,
    );
    const others = plan!.timeline.filter((entry) => entry.do !== 'request');
    expect(others.map((entry) => entry.do)).toEqual(['fault', 'operate', 'expect']);
    const [fault, rollout, only] = others;
    expect(fault).toMatchObject({
      fault: 'late-kind',
      target: 'endpointslices.discovery.k8s.io',
      parameters: { lagMs: 300 },
    });
    expect(rollout!.atMs).toBeGreaterThan(fault!.atMs);
    expect(fault!.do === 'fault' && fault.untilMs).toBeCloseTo(only!.atMs, 1);
    expect(plan!.healMs).toBeGreaterThan(only!.atMs);
    expect(faults).toEqual([1, 1]);
  });

  test('is a function of text and seed', () => {
    const text = `${head}steps:\n  - fault: { pod-deleted: deployment/shop }\n  - wait: 2s\n`;
    const [first, again, other] = [runText(text), runText(text), runText(text, {}, 2)];
    expect(again.hash).toBe(first.hash);
    expect(other.hash).not.toBe(first.hash);
  });

  test('may be given to the letter', () => {
    const { plan, hash } = runText(`${head}steps:\n  - wait: 500ms\n`);
    const letter = JSON.stringify({ scenario: 'a', promise: 'b', plan });
    expect(runText(letter).hash).toBe(hash);
  });
});

describe('restarts', () => {
  test('a proxy is out of the load balancer before it is told to end, and back when it is ready', () => {
    const run = runText(
      `scenario: a\npromise: b\nworld: { use: [shop], proxies: 2 }\n${visitors}steps:\n  - restart: proxy-1\nexpect: { always: [failed_requests == 0], sometimes: [a proxy ended] }\n`,
    );
    expect(run).toMatchObject({ verdict: 'ok', sometimes: [['a proxy ended', 1]] });
    const ended = run.plan!.timeline.find((entry) => entry.do === 'fault')!;
    const toFirst = run.plan!.timeline.filter(
      (entry) => entry.do === 'request' && entry.client.startsWith('visitors-1-'),
    );
    expect(toFirst.filter(({ atMs }) => atMs > ended.atMs - 900 && atMs < ended.atMs + 3_000)).toEqual([]);
    expect(toFirst.some(({ atMs }) => atMs > ended.atMs + 3_000)).toBe(true);
  });
});
