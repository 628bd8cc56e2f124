// When what a gateway has seen before us stops counting: not while our view may still catch up, and for that gateway alone.
import { expect, it } from 'vitest';
import { createOwnership } from '../../../src/control/ownership.ts';
import { silentLog } from '../../../src/ports/log.ts';
import { createManualClock } from '../controllers/manual-clock.ts';

function begin() {
  const clock = createManualClock();
  let retries = 0;
  const ownership = createOwnership({ clock, log: silentLog }, null, () => {
    retries++;
  });
  const reset = (): readonly string[] => ['a', 'b'].filter((gateway) => ownership.isReset(gateway));
  return { clock, ownership, reset, retries: () => retries };
}

it('overrules a gateway that we have been behind for 30 s, and asks again until then', () => {
  const { clock, ownership, reset, retries } = begin();
  const behind = (): void => ownership.superseded('a', 0);
  behind();
  for (let i = 0; i < 10; i++) {
    expect(reset()).toEqual([]);
    clock.advance(3_000);
    expect(retries()).toBe(i + 1);
    behind();
  }
  expect(reset()).toEqual(['a']);
  ownership.accepted('b');
  expect(reset()).toEqual(['a']);
  ownership.accepted('a');
  expect(reset()).toEqual([]);
});

it('takes an epoch after a later one at once', () => {
  const { ownership, reset } = begin();
  ownership.superseded('a', 4);
  expect(ownership.epoch()).toBe(5);
  expect(reset()).toEqual([]);
});

it('counts its own turns: neither a process that was stopped nor an earlier epoch has had the time', () => {
  const { clock, ownership, reset } = begin();
  ownership.superseded('a', 0);
  for (let i = 0; i < 9; i++) {
    clock.advance(3_000);
    ownership.superseded('a', 0);
  }
  // Under a new epoch it begins anew.
  ownership.superseded('b', 4);
  ownership.superseded('a', 5);
  for (let i = 0; i < 9; i++) {
    clock.advance(3_000);
    expect(reset()).toEqual([]);
    ownership.superseded('a', 5);
  }
  clock.advance(3_000);
  expect(reset()).toEqual(['a']);
});
