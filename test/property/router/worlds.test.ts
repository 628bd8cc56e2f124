// A bounded part of `npm run fuzz -- router translation`: the same worlds, the same laws, always the same seed.
import { expect, test } from 'vitest';
import { requestsPerRun, routerTarget } from '../../fuzz/router.ts';
import { outcome, shrink } from '../../fuzz/shrink.ts';
import { createDraws, type Target } from '../../fuzz/target.ts';
import { translationTarget } from '../../fuzz/translation.ts';

const pairs = 20_000;

test.each<readonly [string, Target]>([
  ['the indexed table finds what a walk through all routes finds', routerTarget],
  ['a route and the expressions that it translates to take the same requests', translationTarget],
])('%s', async (_title, target) => {
  for (let run = 0; run < pairs / requestsPerRun; run++) {
    const input = target.make(createDraws(7, target.name, run));
    const found = await outcome(target, input);
    if (found === null) continue;
    const small = await shrink(target, input);
    expect.fail(`run ${run}: ${(await outcome(target, small)) ?? found}\n${small.join('\n')}`);
  }
});
