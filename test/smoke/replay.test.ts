// `tidegate replay`, `shrink` and `trace` on files, in processes of their own. The traces are of sound histories that claim a
// violation, as the product has none to offer: what has to be the same is the same all the same.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { planAt } from '../../sim/history/generate/plan-at.ts';
import type { Plan } from '../../sim/history/plan.ts';
import type { FoundViolation } from '../../sim/history/report.ts';
import type { RunSurroundings } from '../../sim/history/run.ts';
import { writeTrace } from '../../sim/trace/write.ts';
import { buildIdentity } from '../../src/cli/simulate/build.ts';
import { readDefinitions } from '../../src/cli/simulate/definitions.ts';
import { writeTraceFile } from '../../src/cli/simulate/trace-files.ts';
import { tidegate } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidegate-replay-'));
afterAll(() => rmSync(folder, { recursive: true }));

const surroundings: RunSurroundings = { crds: readDefinitions() as RunSurroundings['crds'] };
const violation: FoundViolation = {
  property: 'P12',
  message: 'POST r1 was taken 2 times',
  atUs: 20_000_000,
  witnesses: ['r1'],
  signature: 'P12 # was taken # times',
};

/** The first requests alone: what explains a plan runs it without each of its entries. */
function firstRequests(plan: Plan, count: number): Plan {
  return { ...plan, timeline: plan.timeline.filter((entry) => entry.do === 'request').slice(0, count) };
}

function linesOf(plan: Plan, build: string): readonly string[] {
  const head = {
    product: '0.1.0',
    node: process.versions.node,
    build,
    canary: null,
    promise: 'Once.',
    origin: 'seed 1 index 0',
    entriesBefore: 40,
    shrinkRuns: 3,
  };
  return writeTrace(plan, violation, head, surroundings);
}

function file(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeTraceFile(path, lines);
  return path;
}

const plan = firstRequests(planAt(1, 1), 12);
const here = linesOf(plan, buildIdentity(null));
const elsewhere = linesOf(plan, 'another');
const idle = linesOf({ ...plan, timeline: [] }, 'another');
const eventAt = here.findIndex((line, index) => index > 500 && line.startsWith('{"type":"event"'));
const diverged = here.with(eventAt, here[eventAt]!.replace(/"at":\d+/, '"at":1'));

const cases: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  [
    'same-build.jsonl.gz',
    here,
    1,
    /^REPRODUCED\n {2}the same \d+ events, the same hash [0-9a-f]{16}, the same verdict\n/,
  ],
  ['plain.jsonl', here, 1, /^REPRODUCED\n/],
  [
    'one-event-differs.jsonl',
    diverged,
    70,
    /^DIVERGED\n {2}at event \d+, .*\n {2}trace: {2}\S+.* at 1 us, .*\n {2}replay: \S+.* at \d+ us, /,
  ],
  [
    'other-build.jsonl.gz',
    elsewhere,
    0,
    /^FIXED\n {2}another build than that of the trace \(tidegate 0\.1\.0, .*another\)\n/,
  ],
  ['nothing-to-judge.jsonl', idle, 2, /^NOT REACHED\n.*\n.*the premise of P12 did not hold once\n/],
];

describe('replay', () => {
  test.each(cases)('%s', async (name, lines, code, expected) => {
    const outcome = await tidegate('replay', file(name, lines));
    expect(outcome.stdout).toMatch(expected);
    expect([outcome.code, outcome.stderr]).toEqual([code, '']);
  });

  test('--explain says what led there', async () => {
    const { stdout } = await tidegate(
      'replay',
      file('explained.jsonl', linesOf(firstRequests(plan, 2), buildIdentity(null))),
      '--explain',
    );
    for (const title of [
      'what the plan needs',
      'what led there',
      'who knew what',
      'causes, the latest first',
    ])
      expect(stdout).toContain(`\n\n${title}\n`);
  });

  const broken: readonly (readonly [string, string | Buffer, RegExp])[] = [
    ['no-gzip.jsonl.gz', 'text', /no-gzip\.jsonl\.gz: cannot be unpacked \(incorrect header check\)/],
    [
      'half-gzip.jsonl.gz',
      gzipSync(here.join('\n')).subarray(0, 500),
      /cannot be unpacked \(unexpected end of file\)/,
    ],
    ['cut.jsonl', here.join('\n').slice(0, 5_000), /cut\.jsonl: truncated: the last line is not whole/],
  ];
  test.each(broken)('%s is bad input', async (name, content, expected) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    const outcome = await tidegate('replay', path);
    expect(outcome.stderr).toMatch(expected);
    expect(outcome.code).toBe(65);
  });

  test('a file that is not there is bad input, no file is a mistake of usage', async () => {
    const missing = await tidegate('replay', join(folder, 'nowhere'));
    expect([missing.code, missing.stderr]).toEqual([65, expect.stringContaining('cannot be read (ENOENT)')]);
    expect((await tidegate('replay')).code).toBe(64);
  });
});

test('shrink says so when there is nothing to shrink', async () => {
  const outcome = await tidegate('shrink', file('sound.jsonl', here));
  expect(outcome.stdout).toContain('its plan does not violate P12 on this build');
  expect(outcome.code).toBe(2);
});

test('trace shows a file and writes another', async () => {
  const path = file('shown.jsonl', here);
  const shown = await tidegate('trace', 'show', path);
  expect([shown.code, shown.stdout]).toEqual([0, expect.stringMatching(/^VIOLATED P12: Once\.\n/)]);
  const page = join(folder, 'page.html');
  expect((await tidegate('trace', 'html', path, '--out', page)).code).toBe(0);
  expect(readFileSync(page, 'utf8')).toMatch(/^<!doctype html>/);
  expect((await tidegate('trace', 'sing', path)).code).toBe(64);
});
