// Plans that once showed a defect, shrunk: they are run before everything else. Each file says what it once violated; today
// nothing may be, and the property must still have something to judge.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Plan } from '../../sim/history/plan.ts';
import { simTest } from '../simulate/sim-test.ts';

const folder = new URL('./plans/', import.meta.url).pathname;

interface Kept {
  /** Where it comes from. */
  readonly origin: string;
  readonly property: string;
  /** What was said when it failed. */
  readonly message: string;
  readonly plan: Plan;
}

const names = readdirSync(folder).filter((name) => name.endsWith('.json'));

describe('the corpus', () => {
  for (const name of names.sort()) {
    const { property, plan } = JSON.parse(readFileSync(`${folder}${name}`, 'utf8')) as Kept;
    simTest(name.replace(/\.json$/, ''), plan, { exercises: property === 'P00' ? [] : [property] });
  }

  test('is not empty', () => {
    expect(names.length).toBeGreaterThan(0);
  });
});
