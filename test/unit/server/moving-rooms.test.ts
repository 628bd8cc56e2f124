// Memory that travels: what comes back is used again, whatever was in it.
import { expect, test } from 'vitest';
import { createMovingRooms } from '../../../src/proxy/server/moving-rooms.ts';

test('a room that has come back is filled again', () => {
  const rooms = createMovingRooms();
  const first = rooms.fill(Buffer.from('first batch'));
  const second = rooms.fill(Buffer.from('second'));
  expect(second.buffer).not.toBe(first.buffer);
  rooms.giveBack(first);
  const third = rooms.fill(Buffer.from('third'));
  expect(third.buffer).toBe(first.buffer);
  expect(Buffer.from(third).toString()).toBe('third');
});

test('what is larger than a room moves too, and is not kept', () => {
  const rooms = createMovingRooms();
  const large = rooms.fill(Buffer.alloc(300_000, 'x'));
  expect(large.length).toBe(300_000);
  rooms.giveBack(large);
  expect(rooms.fill(Buffer.from('y')).buffer).not.toBe(large.buffer);
});
