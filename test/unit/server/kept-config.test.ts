// The last good config on disk: what is written is what is read again, and what was not written by us is not served.
import { describe, expect, test } from 'vitest';
import { createConfig, emptyTables } from '../../../src/kong/config.ts';
import type { Consumer } from '../../../src/kong/entity.ts';
import { silentLog } from '../../../src/ports/log.ts';
import type { Storage } from '../../../src/ports/storage.ts';
import { createKeeper, readKept } from '../../../src/proxy/server/kept-config.ts';
import type { Provenance } from '../../../src/proxy/server/staleness.ts';

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

function configOf(...names: readonly string[]) {
  const tables = emptyTables();
  for (const [index, name] of names.entries()) {
    const consumer: Consumer = { id: uuid(index + 1), tags: null, username: name, custom_id: null };
    tables.consumers.set(consumer.id, consumer);
  }
  return createConfig(tables);
}

const provenance: Provenance = {
  epoch: 3,
  revision: '{"services":"12"}',
  changes: new Map([['services', 9n]]),
};

/** Storage, a clock that is turned by hand, and how often it was written. */
function bench(write?: () => void) {
  const files = new Map<string, Buffer>();
  const written: string[] = [];
  const timers: (() => void)[] = [];
  const storage: Storage = {
    read: (name) => files.get(name) ?? null,
    write(name, bytes) {
      write?.();
      files.set(name, bytes);
      written.push(bytes.toString());
    },
  };
  const errors: string[] = [];
  const clock = {
    wallMs: () => 0,
    monotonicUs: () => 0,
    after(_ms: number, run: () => void) {
      timers.push(run);
      return { cancel: () => void timers.splice(timers.indexOf(run) >>> 0, 1) };
    },
  };
  const keeper = createKeeper(clock, { ...silentLog, error: (message) => errors.push(message) }, storage);
  return {
    files,
    written,
    errors,
    storage,
    keeper,
    tick: () => {
      while (timers.length > 0) timers.shift()!();
    },
  };
}

test('what was noted last is read again, with what it had seen', () => {
  const { keeper, storage, written, tick } = bench();
  keeper.note(configOf('a'), provenance);
  keeper.note(configOf('a', 'b'), provenance);
  expect(written).toEqual([]);
  tick();
  expect(written).toHaveLength(1);
  const kept = readKept(storage);
  expect(kept).toMatchObject({ ok: true, value: { config: { id: configOf('a', 'b').id } } });
  expect(kept.ok && kept.value?.meta).toEqual({
    epoch: 3,
    revision: '{"services":"12"}',
    changes: '{"services":"9"}',
    isReset: false,
  });
});

test('a large config is written in pieces, and a change meanwhile follows', () => {
  const { keeper, storage, written, tick } = bench();
  const large = configOf(...Array.from({ length: 450 }, (_, index) => `c${index}`));
  keeper.note(large, provenance);
  tick();
  expect(readKept(storage)).toMatchObject({ ok: true, value: { config: { id: large.id } } });
  keeper.note(configOf('a'), provenance);
  keeper.stop();
  expect(readKept(storage)).toMatchObject({ ok: true, value: { config: { id: configOf('a').id } } });
  expect(written).toHaveLength(2);
});

test('the same config is not written twice, and an end writes what waits', () => {
  const { keeper, written, tick } = bench();
  keeper.note(configOf('a'), provenance);
  tick();
  keeper.note(configOf('a'), provenance);
  tick();
  expect(written).toHaveLength(1);
  keeper.note(configOf('b'), provenance);
  keeper.stop();
  expect(written).toHaveLength(2);
  keeper.stop();
  expect(written).toHaveLength(2);
});

test('a write that fails is told, and the next change is tried', () => {
  let isFull = true;
  const { keeper, written, errors, tick } = bench(() => {
    if (isFull) throw new Error('ENOSPC');
  });
  keeper.note(configOf('a'), provenance);
  tick();
  expect(errors).toHaveLength(1);
  isFull = false;
  keeper.note(configOf('a'), provenance);
  tick();
  expect(written).toHaveLength(1);
});

describe('what cannot be used is refused with a reason', () => {
  const good = () => {
    const { keeper, written } = bench();
    keeper.note(configOf('a'), provenance);
    keeper.stop();
    return written[0]!;
  };
  const cases: readonly (readonly [string, (text: string) => string, string])[] = [
    ['half a file', (text) => text.slice(0, text.length / 2), 'no JSON'],
    ['an empty file', () => '', 'no JSON'],
    ['nothing', () => 'null', 'another version'],
    ['a later format', (text) => text.replace('"format":1', '"format":2'), 'another version'],
    [
      'somebody else’s name in it',
      (text) => text.replace('"username":"a"', '"username":"x"'),
      'reads as config',
    ],
    ['an entity that is wrong', (text) => text.replace('"username":"a"', '"username":7'), 'username'],
  ];
  test.each(cases)('%s', (_name, spoil, reason) => {
    const { files, storage } = bench();
    files.set('last-good-config.json', Buffer.from(spoil(good())));
    expect(readKept(storage)).toMatchObject({ ok: false, error: expect.stringContaining(reason) });
  });
  test('a folder without a file has nothing to say', () => {
    expect(readKept(bench().storage)).toEqual({ ok: true, value: null });
  });
});
