// Kong's own router expectations in every flavour that they name, where the case file lies beside the repository.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { routerFlavors } from '../../../src/kong/router-flavor.ts';
import { type CaseFile, judge } from './kong-cases.ts';

/** TIDEGATE_CASES: another folder of recorded cases, for a clone elsewhere. */
const folder = process.env['TIDEGATE_CASES'];
const path =
  folder === undefined
    ? new URL('../../../../shared/cases/kong-router.json', import.meta.url)
    : join(folder, 'kong-router.json');
const isPresent = existsSync(path);

/**
 * Kong's atc.lua (new_from_previous) adds a route's matcher anew only where its `updated_at` is not older than the newest one
 * seen or has changed. These two change a route and keep its time, so Kong goes on with the old matcher, and they record that.
 * We compare content: a changed route counts at once. A config that is loaded as a whole has new times anyway.
 */
const impossible: Readonly<Record<number, string>> = {
  618: 'the changed path must not match yet',
  619: 'the path before the change still matches',
};

test.skipIf(!isPresent).each(routerFlavors)(
  `Kong's router cases, %s${isPresent ? '' : ': not run, ../shared/cases is absent'}`,
  (flavor) => {
    const file = JSON.parse(readFileSync(path, 'utf8')) as CaseFile;
    const failures: string[] = [];
    let passed = 0;
    for (const each of file.cases) {
      if (!each.flavors.includes(flavor) && !each.flavors.includes('all')) continue;
      if (Object.hasOwn(impossible, each.id)) continue;
      let problem: string;
      try {
        problem = judge(each, file, flavor);
      } catch (error) {
        problem = String((error as Error).stack);
      }
      if (problem === '') passed++;
      else failures.push(`${each.id} ${each.test}: ${problem}`);
    }
    console.log(`${flavor}: ${passed} passed, ${failures.length} failed`);
    expect(failures).toEqual([]);
  },
);
