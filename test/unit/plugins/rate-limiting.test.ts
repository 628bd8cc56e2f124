// rate-limiting: what is let through, what the headers say, and that counters are bounded and end with their window.
import { describe, expect, test } from 'vitest';
import { CounterTable } from '../../../src/proxy/plugins/rate-limiting/counter-table.ts';
import { rateLimitingHandler } from '../../../src/proxy/plugins/rate-limiting/handler.ts';
import { periods, windowAt } from '../../../src/proxy/plugins/rate-limiting/windows.ts';
import { createExchange, createHost, pluginOf, type RequestDescription } from './exchange-double.ts';

/** 2026-03-15T12:34:56.500Z */
const moment = Date.UTC(2026, 2, 15, 12, 34, 56, 500);

/** Sends the requests in turn; 'ok' or the status each one got. */
function check(
  config: Readonly<Record<string, unknown>>,
  requests: readonly RequestDescription[],
  expected: readonly (number | 'ok')[],
): Record<string, string> {
  const instance = rateLimitingHandler.prepare(pluginOf('rate-limiting', config), createHost());
  let last: Record<string, string> = {};
  const answers = requests.map((request) => {
    const recorded = createExchange({ wallMs: moment, ...request });
    instance.access!(recorded.context);
    last = { ...Object.fromEntries(recorded.responseHeaders), ...recorded.exit?.headers };
    return recorded.exit?.status ?? 'ok';
  });
  expect(answers).toEqual(expected);
  return last;
}

describe('rate-limiting', () => {
  test('lets the limit through and tells the rest to wait', () => {
    const headers = check({ minute: 2 }, [{}, {}, {}], ['ok', 'ok', 429]);
    expect(headers).toMatchObject({
      'X-RateLimit-Limit-Minute': '2',
      'X-RateLimit-Remaining-Minute': '0',
      'RateLimit-Limit': '2',
      'RateLimit-Remaining': '0',
      'RateLimit-Reset': '4',
      'Retry-After': '4',
    });
  });

  test('the headers tell about the tightest window', () => {
    const headers = check({ second: 5, hour: 6 }, [{}, {}], ['ok', 'ok']);
    expect(headers).toMatchObject({
      'X-RateLimit-Remaining-Second': '3',
      'X-RateLimit-Remaining-Hour': '4',
      'RateLimit-Remaining': '3',
      'RateLimit-Reset': '1',
    });
  });

  test('a new window starts from zero', () => {
    check({ second: 1 }, [{}, {}, { wallMs: moment + 1000 }], ['ok', 429, 'ok']);
  });

  test('a request that one window refuses counts in none', () => {
    const later = { wallMs: moment + 1000 };
    check({ second: 1, minute: 2 }, [{}, {}, {}, later, later], ['ok', 429, 429, 'ok', 429]);
  });

  test('every address has its own count', () => {
    check(
      { minute: 1, limit_by: 'ip' },
      [{ address: '192.0.2.1' }, { address: '192.0.2.2' }, {}],
      ['ok', 'ok', 429],
    );
  });

  test('by path however it is written, and others by address', () => {
    const from = (path: string, address: string): RequestDescription => ({ path, address });
    check(
      { minute: 1, limit_by: 'path', path: '/login' },
      [
        from('/login', '192.0.2.1'),
        from('/login', '192.0.2.2'),
        from('/a/../login', '192.0.2.3'),
        from('/%6cogin', '192.0.2.4'),
        from('/other', '192.0.2.1'),
        from('/another', '192.0.2.1'),
      ],
      ['ok', 429, 429, 429, 'ok', 429],
    );
  });

  test('by header, and by address where it is missing', () => {
    const by = (value: string): RequestDescription => ({ headers: [['X-Tenant', value]] });
    check(
      { minute: 1, limit_by: 'header', header_name: 'x-tenant' },
      [by('a'), by('b'), by('a'), {}, {}],
      ['ok', 'ok', 429, 'ok', 429],
    );
  });

  test('own status and silence', () => {
    const headers = check(
      { minute: 1, error_code: 503, error_message: 'slow down', hide_client_headers: true },
      [{}, {}],
      ['ok', 503],
    );
    expect(Object.keys(headers)).toEqual(['Content-Type']);
  });
});

describe('windows', () => {
  test('are calendar windows in UTC', () => {
    const spans = periods.map((period) => {
      const { startMs, endMs } = windowAt(period, moment);
      return `${new Date(startMs).toISOString()} ${new Date(endMs).toISOString()}`;
    });
    expect(spans).toEqual([
      '2026-03-15T12:34:56.000Z 2026-03-15T12:34:57.000Z',
      '2026-03-15T12:34:00.000Z 2026-03-15T12:35:00.000Z',
      '2026-03-15T12:00:00.000Z 2026-03-15T13:00:00.000Z',
      '2026-03-15T00:00:00.000Z 2026-03-16T00:00:00.000Z',
      '2026-03-01T00:00:00.000Z 2026-04-01T00:00:00.000Z',
      '2026-01-01T00:00:00.000Z 2027-01-01T00:00:00.000Z',
    ]);
  });

  test('agree with the calendar on every day of ten years', () => {
    for (let day = Date.UTC(2023, 0, 1); day < Date.UTC(2033, 0, 1); day += 86_400_000) {
      const date = new Date(day);
      expect(windowAt('month', day + 5).startMs).toBe(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1));
      expect(windowAt('year', day + 5).startMs).toBe(Date.UTC(date.getUTCFullYear(), 0, 1));
    }
  });
});

describe('counter table', () => {
  test('a full table makes room by what ends first and never grows', () => {
    const table = new CounterTable(new Int32Array(64));
    expect(table.capacity).toBe(15);
    for (let key = 1; key <= 15; key++) table.take(key, key, moment, moment + key * 10_000, 10);
    expect(table.liveEntries(moment)).toBe(15);
    table.take(99, 99, moment, moment + 500_000, 10);
    expect(table.liveEntries(moment)).toBe(15);
    // Key 1 ended first: it made room. Key 15 is still known.
    expect(table.take(15, 15, moment, moment + 150_000, 10)).toBe(1);
    expect(table.take(1, 1, moment, moment + 10_000, 10)).toBe(0);
  });

  test('a table without memory limits nothing', () => {
    expect(new CounterTable(new Int32Array(0)).take(1, 1, moment, moment + 1000, 1)).toBe(0);
  });

  test('a lock left by a dead holder is taken over', () => {
    const words = new Int32Array(64);
    words[0] = 1;
    expect(new CounterTable(words).take(1, 1, moment, moment + 1000, 1)).toBe(0);
    expect(words[0]).toBe(0);
  });
});
