// What `scenario run` writes for others: JUnit XML for CI servers, a page for people. Golden files of the same results, with names and
// messages that would break out of either if they were not escaped.
import { expect, test } from 'vitest';
import { type ScenarioRun, resultOf } from '../../../scenarios/runner/report.ts';
import type { ScenarioFailure } from '../../../src/cli/scenario/failures.ts';
import { toHtml } from '../../../src/cli/scenario/html.ts';
import { toJunit } from '../../../src/cli/scenario/junit.ts';

const hostile = `"><script>alert('a&b')</script>\u0007`;

const ok: ScenarioRun = {
  backend: 'sim',
  file: 'scenarios/ok.yaml',
  name: 'all goes well',
  label: '',
  seed: 1,
  verdict: 'ok',
  why: '',
  judged: ['P12', 'P01'],
  requests: 1_234,
  p50Ms: 12.4,
  p99Ms: 30.1,
  changes: 1,
  faults: [1, 2],
  sometimes: [],
  notJudged: ['p99(readers) < 300ms'],
  unjudged: [],
  asRehearsed: true,
  hash: '0',
  events: 9,
  simulatedMs: 12_000,
  violations: [],
  plan: null,
};
const violated: ScenarioRun = {
  ...ok,
  file: 'scenarios/hostile.yaml',
  name: hostile,
  label: 'pods=resets',
  seed: 7,
  verdict: 'violated',
  notJudged: [],
  violations: [{ property: 'P12', message: hostile, atUs: 1, witnesses: [], signature: 's' }],
};
const unsupported: ScenarioRun = {
  ...ok,
  file: 'scenarios/away.yaml',
  name: 'not here',
  backend: 'k3s',
  verdict: 'unsupported',
  why: 'fault lose-node: <no nodes>',
  judged: [],
  requests: 0,
  p50Ms: -1,
  p99Ms: -1,
  faults: [0, 0],
  notJudged: [],
};
const inconclusive: ScenarioRun = {
  ...ok,
  file: 'scenarios/never.yaml',
  name: 'never met',
  sometimes: [['a watch failed', 0]],
};
const failure: ScenarioFailure = {
  backend: 'sim',
  file: violated.file,
  name: hostile,
  label: 'pods=resets',
  seed: 7,
  handle: '7f3a0000',
  property: 'P12',
  propertyName: 'a POST reaches at most one pod',
  message: hostile,
  story: [' 1  12.001 shop-v1-x9: got SIGTERM', ` 2  12.480 proxy-2: ${hostile}`],
  confirmed: false,
  cause: 'MANIFEST shop.yaml:14, no preStop (not Tidegate)',
  shrunk: '4,812 -> 1 requests, 3 -> 1 faults, after 12 runs',
  trace: '.tidegate/failures/7f3a0000.jsonl.gz',
  replay: 'npx tidegate replay 7f3a0000',
  rerun: 'npx tidegate scenario run scenarios/hostile.yaml --set pods=resets --seeds 7',
  view: '.tidegate/failures/7f3a0000.html',
};
/** One whose failure nobody has looked into, as there were many. */
const unexamined: ScenarioRun = { ...violated, seed: 8 };
const results = [[ok], [violated, unexamined], [inconclusive]].map(resultOf);
const away = resultOf([unsupported]);

test('JUnit', async () => {
  await expect(toJunit([...results, away], [failure])).toMatchFileSnapshot('report.xml');
});

test('a failure belongs to the backend that it was found on', () => {
  const there = resultOf([{ ...violated, backend: 'local' }]);
  expect(toJunit([there], [failure])).not.toContain(failure.replay);
});

const page = toHtml(
  [
    { backend: 'sim', results, failures: [failure], wallMs: 3_000 },
    { backend: 'k3s', results: [away], failures: [], wallMs: 500 },
  ],
  [
    {
      backends: ['sim', 'k3s'],
      unseen: [{ property: 'P19', backend: 'k3s', parts: 'held bytes' }],
      compared: 3,
      unsupported: 1,
      undecided: 1,
      verdictDifferences: 1,
      judgedDifferences: 1,
      differences: [
        {
          file: violated.file,
          name: hostile,
          verdicts: ['violated', 'ok'],
          alone: [
            { property: 'P02', backend: 'sim', met: 5, runs: 5, mayBeChance: false },
            { property: 'P10', backend: 'k3s', met: 1, runs: 5, mayBeChance: true },
          ],
        },
        { file: 'd.yaml', name: 'nobody knows', verdicts: ['inconclusive', 'inconclusive'], alone: [] },
      ],
    },
  ],
  '0.1.0',
);

test('the page', async () => {
  await expect(page).toMatchFileSnapshot('report.html');
});

test('nothing runs in the page, and nothing is loaded from elsewhere', () => {
  expect(page).not.toMatch(/<script|<link|<img|<iframe|javascript:|\son\w+=|https?:/i);
  expect(page).toContain("default-src 'none'");
});
