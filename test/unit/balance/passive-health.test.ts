// What the statuses of real answers do to a target: which of Kong's counters each of them moves.
import { expect, test } from 'vitest';
import { healthState, healthWords } from '../../../src/proxy/balance/health.ts';
import { passiveHealth } from '../../../src/proxy/balance/passive-health.ts';

interface Limits {
  readonly successes: number;
  readonly http: number;
  readonly tcp: number;
  readonly timeouts: number;
}

const bad = [429, 500, 503, 504];
const off: Limits = { successes: 0, http: 0, tcp: 0, timeouts: 0 };

/** Statuses in a row ('t' is a failure to connect, 'o' a timeout), and whether the target is used afterwards. */
const cases: readonly (readonly [
  limits: Partial<Limits>,
  events: readonly (number | 't' | 'o')[],
  isUsed: boolean,
])[] = [
  [{ http: 2 }, [500, 503], false],
  [{ http: 2 }, [500, 404, 500], false],
  [{ http: 2, successes: 1 }, [500, 200, 500], true],
  [{ http: 2 }, [500, 200, 500], false],
  [{ tcp: 1 }, ['t'], false],
  [{ tcp: 1 }, [500, 502], true],
  [{ timeouts: 1 }, ['o'], false],
  // 504 is a timeout, also where it is listed as a bad status, and also when the upstream says it.
  [{ http: 1 }, [504, 504], true],
  [{ timeouts: 1 }, [504], false],
  [{ timeouts: 2 }, [504, 'o'], false],
  [{ http: 1, timeouts: 3 }, [504, 504], true],
];

test.each(cases)('%j %j: %s', (given, events, isUsed) => {
  const limits = { ...off, ...given };
  const words = new Int32Array(healthWords(1));
  const health = passiveHealth(words, 0, {
    type: 'http',
    healthy: { http_statuses: [200], successes: limits.successes },
    unhealthy: {
      http_statuses: bad,
      http_failures: limits.http,
      tcp_failures: limits.tcp,
      timeouts: limits.timeouts,
    },
  })!;
  for (const event of events) {
    if (event === 't') health.reportTcpFailure();
    else if (event === 'o') health.reportTimeout();
    else health.reportStatus(event);
  }
  expect(healthState(words, 0).endsWith('unhealthy')).toBe(!isUsed);
});
