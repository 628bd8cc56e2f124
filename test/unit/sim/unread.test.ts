// Bytes that a receiver leaves unread: what it costs to send one more does not grow with what waits already.
import { expect, test } from 'vitest';
import { connect, createPair, serve, tellAll } from './pair.ts';

/** CPU time of so many small writes, one after the other, to a server that has stopped reading. */
function cost(writes: number): number {
  const pair = createPair();
  serve(pair, (connection) => {
    connection.pause();
    return tellAll('server', pair.tell);
  });
  const connection = connect(pair);
  const start = process.cpuUsage();
  for (let index = 0; index < writes; index++) {
    connection.write(Buffer.from('x'));
    pair.scheduler.runUntil(pair.scheduler.nowUs + 1_000);
  }
  const { user, system } = process.cpuUsage(start);
  expect(pair.story).not.toContain('server got x');
  return user + system;
}

test('six times as many unread segments cost about six times as much, not 36 times', () => {
  cost(2_000);
  const few = Math.min(cost(6_000), cost(6_000));
  const many = Math.min(cost(36_000), cost(36_000));
  expect(many / few).toBeLessThan(14);
});
