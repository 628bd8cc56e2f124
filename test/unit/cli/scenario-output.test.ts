// What `tidegate scenario` prints: lines for people, JUnit for CI servers, annotations for GitHub.
import { expect, test } from 'vitest';
import type { ScenarioRun } from '../../../scenarios/runner/report.ts';
import { resultOf } from '../../../scenarios/runner/report.ts';
import { formatAnnotation } from '../../../src/cli/scenario/annotations.ts';
import type { ScenarioFailure } from '../../../src/cli/scenario/failures.ts';
import {
  formatFailure,
  formatJudged,
  formatResult,
  formatSums,
  sumsOf,
} from '../../../src/cli/scenario/lines.ts';

const run: ScenarioRun = {
  backend: 'sim',
  file: 'scenarios/a.yaml',
  name: 'a & b',
  label: 'pods=resets',
  seed: 7,
  verdict: 'ok',
  why: '',
  judged: ['P01', 'P12'],
  requests: 1_234,
  p50Ms: 12.4,
  p99Ms: 30.1,
  changes: 1,
  faults: [1, 2],
  sometimes: [],
  notJudged: [],
  unjudged: [],
  asRehearsed: true,
  hash: '0',
  events: 9,
  simulatedMs: 12_000,
  violations: [],
  plan: null,
};
const violation = { property: 'P12', message: 'twice <2>', atUs: 1, witnesses: [], signature: 's' };
const violated: ScenarioRun = { ...run, verdict: 'violated', violations: [violation] };
const failure: ScenarioFailure = {
  backend: 'sim',
  file: run.file,
  name: run.name,
  label: run.label,
  seed: 7,
  handle: '7f3a0000',
  property: 'P12',
  propertyName: 'a POST reaches at most one pod',
  message: 'twice <2>',
  story: [' 1  12.0 pod: told'],
  confirmed: true,
  cause: 'TIDEGATE',
  shrunk: '9 -> 1 requests, 3 -> 1 faults, after 12 runs',
  trace: '.tidegate/failures/7f3a0000.jsonl.gz',
  replay: 'npx tidegate replay 7f3a0000',
  rerun: 'npx tidegate scenario run scenarios/a.yaml --set pods=resets --seeds 7',
  view: '.tidegate/failures/7f3a0000.html',
};

test('a line for each scenario', () => {
  expect(formatResult(resultOf([run]))).toBe(
    'ok            a & b  (1 run, 2 properties, 1,234 requests, p50 12 ms, p99 30 ms, 1 change, 1 of 2 faults met)\n',
  );
});

test('thresholds of latency are said not to be judged', () => {
  expect(formatResult(resultOf([{ ...run, notJudged: ['p99 < 300ms'] }]))).toContain(
    'not judged on sim, whose time is modelled: p99 < 300ms\n',
  );
});

test('unsupported is said and counted', () => {
  const result = resultOf([{ ...run, verdict: 'unsupported', why: 'this backend has no fault lose-node' }]);
  expect(formatResult(result)).toContain('unsupported   a & b');
  expect(formatResult(result)).toContain('this backend has no fault lose-node');
  expect(sumsOf([result])).toMatchObject({ ok: 0, unsupported: 1 });
});

test('a failure with what a person needs to go on', () => {
  expect(formatFailure(failure)).toBe(
    [
      'x a & b --set pods=resets  7f3a0000  seed 7',
      '  P12 a POST reaches at most one pod',
      '  twice <2>',
      '   1  12.0 pod: told',
      '  cause   TIDEGATE',
      '  shrunk  9 -> 1 requests, 3 -> 1 faults, after 12 runs',
      '  rerun   npx tidegate scenario run scenarios/a.yaml --set pods=resets --seeds 7',
      '  replay  npx tidegate replay 7f3a0000',
      '  view    .tidegate/failures/7f3a0000.html',
      '',
    ].join('\n'),
  );
});

test('sums, and what was judged how often', () => {
  const results = [resultOf([run, violated])];
  expect(formatSums(sumsOf(results), 3)).toBe(
    '1 scenario on sim: 0 ok, 1 violated, 0 inconclusive, 0 unsupported; 2 runs, 2,468 requests, 24 simulated seconds, 2 properties judged, in 3 s\n',
  );
  expect(formatJudged(results, [{ id: 'P12', name: 'a POST' }])).toBe(
    'id    scenarios   runs  property\nP12           1      2  a POST\n',
  );
});

test('annotations', () => {
  const place = { file: 'a,b.yaml', line: 1, column: 2, title: 'x: y' };
  expect(formatAnnotation('error', place, '100%\nof it')).toBe(
    '::error file=a%2Cb.yaml,line=1,col=2,title=x%3A y::100%25%0Aof it\n',
  );
});
