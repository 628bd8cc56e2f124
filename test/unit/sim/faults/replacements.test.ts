// A fault that hides what comes between is aimed so that it is there when an object is replaced, and not before the one that
// is replaced has been seen.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aimBeforeReplacement } from '../../../../sim/faults/replacements.ts';
import { defaultKnobs, type OperateEntry, type Operation } from '../../../../sim/history/plan.ts';

const entry = (atMs: number, verb: Operation['verb'], resource = 'services'): OperateEntry => ({
  id: `o${atMs}`,
  atMs,
  do: 'operate',
  operation: { verb, resource, namespace: 'default', name: 'shop', body: null },
});

/** Earliest and latest time that any draws aim at; null: at none. */
function check(operations: readonly OperateEntry[], gapMsMax: number): readonly [number, number] | null {
  const plan = { objects: [], clients: [], knobs: defaultKnobs, operations };
  const aimed = fc
    .sample(fc.infiniteStream(fc.nat(0xffff)), { numRuns: 200, seed: 1 })
    .map((draws) => aimBeforeReplacement((_what, below) => draws.next().value! % below, plan, gapMsMax));
  const times = aimed.filter((time) => time !== null);
  return times.length === 0 ? null : [Math.min(...times), Math.max(...times)];
}

test.each([
  ['nothing is replaced', [entry(9_000, 'merge')], null],
  ['what is deleted stays away', [entry(9_000, 'delete')], null],
  ['it is away for too long', [entry(9_000, 'delete'), entry(9_400, 'create')], null],
  ['a Deployment, which no controller of ours follows', replaced(9_000, 'deployments.apps'), null],
  ['in the second before', replaced(9_000), [8_000, 9_000]],
  ['the last of two, after the first', [...replaced(9_000), ...replaced(9_600)], [9_105, 9_600]],
  ['at once where the first has just come', [...replaced(9_000), ...replaced(9_050)], [9_050, 9_050]],
] as const)('%s', (_name, operations, expected) => {
  const found = check(operations, 300);
  if (expected === null || found === null) expect(found).toBe(expected);
  else {
    expect(found[0]).toBeGreaterThanOrEqual(expected[0]);
    expect(found[1]).toBeLessThanOrEqual(expected[1]);
  }
});

function replaced(atMs: number, resource = 'services'): readonly OperateEntry[] {
  return [entry(atMs, 'delete', resource), entry(atMs + 5, 'create', resource)];
}
