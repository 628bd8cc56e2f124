// What is said of where a history ended: a gateway has what it was given in its last life.
import { expect, test } from 'vitest';
import { outcomeOf } from '../../../../sim/history/outcome.ts';
import type { History } from '../../../../sim/history/run.ts';
import { started, taken } from '../properties/told.ts';
import { right } from '../properties/traffic.ts';

function routesOf(startsAt: readonly number[], knobs: object): boolean {
  const lives = startsAt.map((seconds, index) => started('gateway-1', seconds, index + 1));
  const history = {
    evidence: { configs: [taken(right, 3, 1)], lives },
    plan: { world: { gateways: 1 }, knobs },
    objects: new Map(),
  } as unknown as History;
  return outcomeOf(history).some((line) => line.startsWith('gateway-1 '));
}

test.each([
  ['it goes on', [0], {}, true],
  ['it began anew', [0, 4], {}, false],
  ['it began anew with what it had kept', [0, 4], { keepsConfig: true }, true],
])('%s', (_name, startsAt, knobs, expected) => {
  expect(routesOf(startsAt, knobs)).toBe(expected);
});
