// What probes send and how often, whatever an upstream policy asks for.
import { expect, test } from 'vitest';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { silentLog } from '../../../src/ports/log.ts';
import type { TcpClientHandler, TcpConnection } from '../../../src/ports/tcp.ts';
import { createActiveProbes } from '../../../src/proxy/balance/active.ts';
import { healthWords } from '../../../src/proxy/balance/health.ts';
import { addressesOf } from '../../../src/proxy/names/target-addresses.ts';
import { createKeyedRandom, createManualClock } from '../controllers/manual-clock.ts';

/** What one target was sent within a second, one text per probe; every one is answered with 200. */
function probed(active: Readonly<Record<string, unknown>>): readonly string[] {
  const clock = createManualClock();
  const sent: string[] = [];
  const tcp = {
    listen() {},
    connect(_host: string, _port: number, handler: TcpClientHandler): TcpConnection {
      clock.after(0, () => handler.onConnect());
      return {
        write(bytes: Buffer) {
          sent.push(bytes.toString('latin1'));
          const head = Buffer.from('HTTP/1.1 200 OK\r\n\r\n');
          clock.after(0, () => handler.onData(head, 0, head.length, 0));
          return true;
        },
        destroy() {},
      } as unknown as TcpConnection;
    },
  };
  const upstream = { name: 'up', healthchecks: { active }, targets: [{ target: '10.0.0.1:80' }] };
  const decoded = decodeDeclarative({ _format_version: '3.0', upstreams: [upstream] });
  if (!decoded.ok)
    throw new Error(JSON.stringify(decoded.error.map(({ field, message }) => [field, message])));
  const tls = { listen() {}, connect: () => ({}) as TcpConnection };
  const env = { clock, tcp, tls, random: createKeyedRandom(1), log: silentLog };
  const probes = createActiveProbes(
    env,
    new Int32Array(healthWords(1)),
    () => 0,
    (target) => addressesOf(target, () => null),
  );
  probes.update(decoded.value);
  clock.advance(1000);
  probes.stop();
  return sent;
}

test.each([1e-9, 0.001, 0.1])('an interval of %d seconds is a tenth of one at least', (interval) => {
  const count = probed({ healthy: { interval, successes: 1 } }).length;
  expect(count).toBeGreaterThan(5);
  expect(count).toBeLessThanOrEqual(11);
});

test.each(['x\r\nX-Evil: 1', 'x\nX-Evil: 1', 'x\u010d\u010aX-Evil: 1', 'x\0X-Evil: 1'])(
  'a header value %j stays one line',
  (value) => {
    const [first] = probed({ healthy: { interval: 0.5, successes: 1 }, headers: { 'X-A': [value] } });
    expect(first).toMatch(/\r\nX-A: x[^\r\n]*X-Evil: 1\r\n/);
    expect(first).not.toMatch(/[^\r]\n|\nX-Evil/);
  },
);
