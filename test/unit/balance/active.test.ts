// Probes run in their rhythm, and what they hear changes the shared words.
import { expect, test } from 'vitest';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { silentLog } from '../../../src/ports/log.ts';
import type { TcpClientHandler, TcpConnection } from '../../../src/ports/tcp.ts';
import { createActiveProbes } from '../../../src/proxy/balance/active.ts';
import { healthWords, isHealthy } from '../../../src/proxy/balance/health.ts';
import { addressesOf } from '../../../src/proxy/names/target-addresses.ts';

/** A clock that is moved by hand; `answers` says what the only server does next: a status, 'refused' or 'silent'. */
function world(answers: readonly (number | 'refused' | 'silent')[]) {
  let nowMs = 0;
  let timers: { atMs: number; run: () => void }[] = [];
  const clock = {
    wallMs: () => nowMs,
    monotonicUs: () => nowMs * 1000,
    after(delayMs: number, run: () => void) {
      const timer = { atMs: nowMs + Math.max(delayMs, 1), run };
      timers.push(timer);
      return { cancel: () => (timers = timers.filter((each) => each !== timer)) };
    },
  };
  let asked = 0;
  const tcp = {
    listen() {},
    connect(_host: string, _port: number, handler: TcpClientHandler): TcpConnection {
      const answer = answers[Math.min(asked++, answers.length - 1)]!;
      if (answer === 'refused') clock.after(1, () => handler.onClose('ECONNREFUSED'));
      else clock.after(1, () => handler.onConnect());
      return {
        write() {
          const head = Buffer.from(`HTTP/1.1 ${answer} X\r\n\r\n`);
          if (answer !== 'silent') clock.after(1, () => handler.onData(head, 0, head.length, 0));
          return true;
        },
        destroy() {},
      } as unknown as TcpConnection;
    },
  };
  const run = (untilMs: number): void => {
    for (;;) {
      const next = timers.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > untilMs) break;
      timers = timers.filter((each) => each !== next);
      nowMs = next.atMs;
      next.run();
    }
    nowMs = untilMs;
  };
  return { clock, tcp, run, asked: () => asked, pending: () => timers.length };
}

test.each([
  ['statuses', [500, 500, 200, 200], [false, true]],
  ['refused connections', ['refused', 'refused', 200, 200], [false, true]],
  ['silence', ['silent', 'silent', 200, 200], [false, true]],
  ['a status in no list', [418, 418, 418, 418], [true, true]],
] as const)('%s', (_name, answers, expected) => {
  const { clock, tcp, run, asked, pending } = world(answers);
  const words = new Int32Array(healthWords(1));
  const active = {
    healthy: { interval: 10, successes: 2 },
    unhealthy: { interval: 10, http_failures: 2, tcp_failures: 2, timeouts: 2 },
  };
  const upstream = { name: 'up', healthchecks: { active }, targets: [{ target: '10.0.0.1:80' }] };
  const decoded = decodeDeclarative({ _format_version: '3.0', upstreams: [upstream] });
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  const random = { uint32: () => 0, bytes: () => Buffer.alloc(0) };
  const env = {
    clock,
    tcp,
    tls: { listen() {}, connect: () => ({}) as TcpConnection },
    random,
    log: silentLog,
  };
  const probes = createActiveProbes(
    env,
    words,
    () => 0,
    (target) => addressesOf(target, () => null),
  );
  probes.update(decoded.value);
  run(18_000);
  expect([asked(), isHealthy(words, 0)]).toEqual([2, expected[0]]);
  run(40_000);
  expect([asked(), isHealthy(words, 0)]).toEqual([4, expected[1]]);
  probes.stop();
  expect(pending()).toBe(0);
});
