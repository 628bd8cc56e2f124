// Words of shared health: a target that comes back soon finds its own, and nobody else's.
import { expect, test } from 'vitest';
import { emptyConfig, type GatewayConfig } from '../../../src/kong/config.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { diffConfigs } from '../../../src/kong/delta.ts';
import { createSlotAllocator } from '../../../src/proxy/server/slots.ts';

function configOf(lasts: readonly number[]): GatewayConfig {
  const targets = lasts.map((last) => ({ target: `10.0.0.${last}:80` }));
  const decoded = decodeDeclarative({ _format_version: '3.0', upstreams: [{ name: 'u', targets }] });
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.value;
}

function world(capacity: number) {
  let nowMs = 1000;
  const cleared: number[] = [];
  const slots = createSlotAllocator(
    capacity,
    (slot) => cleared.push(slot),
    () => nowMs,
  );
  let config = emptyConfig;
  return {
    slots,
    cleared,
    wait: (ms: number) => {
      nowMs += ms;
    },
    /** What workers are told of, by the last number of the address. */
    change(lasts: readonly number[]): Record<string, number> {
      const next = configOf(lasts);
      const fresh = slots.apply(config, diffConfigs(config, next));
      config = next;
      slots.settle();
      return Object.fromEntries(fresh.map(([key, slot]) => [/(\d+):80$/.exec(key)![1]!, slot]));
    },
  };
}

test('a target that returns finds its word as it left it, and workers are told of it again', () => {
  const { change, cleared, wait } = world(8);
  const first = change([1, 2]);
  expect(change([1])).toEqual({});
  wait(299_000);
  expect(change([1, 3])).toEqual({ '3': 2 });
  expect(change([1, 2, 3])).toEqual({ '2': first['2'] });
  expect(cleared).toEqual([0, 1, 2]);
});

test('after five minutes it is a new one', () => {
  const { change, cleared, wait } = world(8);
  change([1, 2]);
  change([1]);
  wait(300_000);
  change([1, 3]);
  expect(change([1, 2, 3])).toEqual({ '2': 1 });
  expect(cleared.filter((slot) => slot === 1)).toHaveLength(2);
});

test('where words run out, those of targets that are gone for longest are given away', () => {
  const { change, slots } = world(3);
  change([1, 2, 3]);
  change([1, 3]);
  change([1]);
  expect(change([1, 4])).toEqual({ '4': 1 });
  expect(change([1, 4, 5])).toEqual({ '5': 2 });
  expect(change([1, 4, 5, 6])).toEqual({});
  expect(slots.all()).toHaveLength(3);
});

test('new workers are told of those in use alone', () => {
  const { change, slots } = world(8);
  change([1, 2]);
  change([2]);
  expect(slots.all().map(([key]) => key.slice(-11))).toEqual(['10.0.0.2:80']);
});
