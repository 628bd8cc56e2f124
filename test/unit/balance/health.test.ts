// What reports make of a target's health: sequences of (state, event, state) as Kong's library counts. Expected states come
// from a Lua program of its counting, with its four bytes and masks; ours keeps the same in fewer bits.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type FailureKind,
  forceHealth,
  type HealthState,
  healthState,
  healthWords,
  isHealthy,
  recordFailure,
  recordSuccess,
} from '../../../src/proxy/balance/health.ts';

/** s: successes; h, t, o: failures over http, of tcp, timeouts. 0 = off. */
interface Limits {
  readonly s: number;
  readonly h: number;
  readonly t: number;
  readonly o: number;
}

const kinds: Readonly<Record<string, FailureKind>> = { h: 'http', t: 'tcp', o: 'timeout' };

function report(words: Int32Array, limits: Limits, event: string): void {
  if (event === '+' || event === '-') forceHealth(words, 0, event === '+');
  else if (event === 's') recordSuccess(words, 0, limits.s);
  else recordFailure(words, 0, kinds[event]!, limits[event as 'h' | 't' | 'o']);
}

const letters: Readonly<Record<HealthState, string>> = {
  healthy: 'H',
  mostly_healthy: 'h',
  mostly_unhealthy: 'u',
  unhealthy: 'U',
};

/** Events: s h t o as above, + and - by hand. States after each: H healthy, h mostly, u mostly unhealthy, U unhealthy. */
const table: readonly {
  readonly limits: Limits;
  readonly sequences: readonly (readonly [events: string, states: string])[];
}[] = [
  {
    limits: { s: 2, h: 3, t: 2, o: 2 },
    sequences: [
      ['hhhsssh', 'hhUuHHh'],
      ['hhshhh', 'hhhhhU'],
      ['htothh', 'hhhUUU'],
      ['tthhss', 'hUUUuH'],
      ['hsshsh', 'hhHhhh'],
      ['sssss', 'HHHHH'],
      ['-sshs', 'UuHhh'],
      ['-shshss', 'UuuuuuH'],
      ['+hh-s+h', 'HhhUuHh'],
      ['ooss', 'hUuH'],
      ['hhhhsss', 'hhUUuHH'],
      ['hthtss', 'hhhUuH'],
      ['-hshhhs', 'UUuuuUu'],
      ['tsts', 'hhhh'],
      ['hhh+hh', 'hhUHhh'],
    ],
  },
  {
    limits: { s: 1, h: 1, t: 1, o: 1 },
    sequences: [
      ['hhhsssh', 'UUUHHHU'],
      ['hhshhh', 'UUHUUU'],
      ['htothh', 'UUUUUU'],
      ['tthhss', 'UUUUHH'],
      ['hsshsh', 'UHHUHU'],
      ['sssss', 'HHHHH'],
      ['-sshs', 'UHHUH'],
      ['-shshss', 'UHUHUHH'],
      ['+hh-s+h', 'HUUUHHU'],
      ['ooss', 'UUHH'],
      ['hhhhsss', 'UUUUHHH'],
      ['hthtss', 'UUUUHH'],
      ['-hshhhs', 'UUHUUUH'],
      ['tsts', 'UHUH'],
      ['hhh+hh', 'UUUHUU'],
    ],
  },
  {
    limits: { s: 0, h: 2, t: 0, o: 0 },
    sequences: [
      ['hhhsssh', 'hUUUUUU'],
      ['hhshhh', 'hUUUUU'],
      ['htothh', 'hhhhUU'],
      ['tthhss', 'HHhUUU'],
      ['hsshsh', 'hhhUUU'],
      ['sssss', 'HHHHH'],
      ['-sshs', 'UUUUU'],
      ['-shshss', 'UUUUUUU'],
      ['+hh-s+h', 'HhUUUHh'],
      ['ooss', 'HHHH'],
      ['hhhhsss', 'hUUUUUU'],
      ['hthtss', 'hhUUUU'],
      ['-hshhhs', 'UUUUUUU'],
      ['tsts', 'HHHH'],
      ['hhh+hh', 'hUUHhU'],
    ],
  },
  {
    limits: { s: 3, h: 0, t: 2, o: 0 },
    sequences: [
      ['hhhsssh', 'HHHHHHH'],
      ['hhshhh', 'HHHHHH'],
      ['htothh', 'HhhUUU'],
      ['tthhss', 'hUUUuu'],
      ['hsshsh', 'HHHHHH'],
      ['sssss', 'HHHHH'],
      ['-sshs', 'UuuuH'],
      ['-shshss', 'UuuuuHH'],
      ['+hh-s+h', 'HHHUuHH'],
      ['ooss', 'HHHH'],
      ['hhhhsss', 'HHHHHHH'],
      ['hthtss', 'HhhUuu'],
      ['-hshhhs', 'UUuuuuu'],
      ['tsts', 'hhhh'],
      ['hhh+hh', 'HHHHHH'],
    ],
  },
  {
    limits: { s: 2, h: 2, t: 3, o: 1 },
    sequences: [
      ['hhhsssh', 'hUUuHHh'],
      ['hhshhh', 'hUuuUU'],
      ['htothh', 'hhUUUU'],
      ['tthhss', 'hhhUuH'],
      ['hsshsh', 'hhHhhh'],
      ['sssss', 'HHHHH'],
      ['-sshs', 'UuHhh'],
      ['-shshss', 'UuuuuuH'],
      ['+hh-s+h', 'HhUUuHh'],
      ['ooss', 'UUuH'],
      ['hhhhsss', 'hUUUuHH'],
      ['hthtss', 'hhUUuH'],
      ['-hshhhs', 'UUuuUUu'],
      ['tsts', 'hhhh'],
      ['hhh+hh', 'hUUHhU'],
    ],
  },
  {
    limits: { s: 0, h: 0, t: 0, o: 0 },
    sequences: [
      ['hhhsssh', 'HHHHHHH'],
      ['hhshhh', 'HHHHHH'],
      ['htothh', 'HHHHHH'],
      ['tthhss', 'HHHHHH'],
      ['hsshsh', 'HHHHHH'],
      ['sssss', 'HHHHH'],
      ['-sshs', 'UUUUU'],
      ['-shshss', 'UUUUUUU'],
      ['+hh-s+h', 'HHHUUHH'],
      ['ooss', 'HHHH'],
      ['hhhhsss', 'HHHHHHH'],
      ['hthtss', 'HHHHHH'],
      ['-hshhhs', 'UUUUUUU'],
      ['tsts', 'HHHH'],
      ['hhh+hh', 'HHHHHH'],
    ],
  },
  {
    limits: { s: 5, h: 4, t: 3, o: 2 },
    sequences: [
      ['hhhsssh', 'hhhhhhh'],
      ['hhshhh', 'hhhhhh'],
      ['htothh', 'hhhhhh'],
      ['tthhss', 'hhhhhh'],
      ['hsshsh', 'hhhhhh'],
      ['sssss', 'HHHHH'],
      ['-sshs', 'Uuuuu'],
      ['-shshss', 'Uuuuuuu'],
      ['+hh-s+h', 'HhhUuHh'],
      ['ooss', 'hUuu'],
      ['hhhhsss', 'hhhUuuu'],
      ['hthtss', 'hhhhhh'],
      ['-hshhhs', 'UUuuuuu'],
      ['tsts', 'hhhh'],
      ['hhh+hh', 'hhhHhh'],
    ],
  },
];

describe.each(table)('limits $limits', ({ limits, sequences }) => {
  test.each(sequences)('%s: %s', (events, states) => {
    const words = new Int32Array(healthWords(1));
    let seen = '';
    for (const event of events) {
      report(words, limits, event);
      seen += letters[healthState(words, 0)];
      expect(isHealthy(words, 0)).toBe('Hh'.includes(seen.at(-1)!));
    }
    expect(seen).toBe(states);
  });
});

/** The library in its own words: four counters, wiped by masks. */
function law(limits: Limits, events: readonly string[]): string {
  let state = 'H';
  let count = { s: 0, h: 0, t: 0, o: 0 };
  const none = { s: 0, h: 0, t: 0, o: 0 };
  let seen = '';
  for (const event of events) {
    if (event === '+' || event === '-') {
      count = { ...none };
      state = event === '+' ? 'H' : 'U';
    } else {
      const kind = event as keyof Limits;
      const report = kind === 's' ? 'H' : 'U';
      if (limits[kind] !== 0 && report !== state) {
        count = kind === 's' ? { ...none, s: count.s + 1 } : { ...count, s: 0, [kind]: count[kind] + 1 };
        if (count[kind] >= limits[kind]) state = report;
        else if (state === 'H' && kind !== 's') state = 'h';
        else if (state === 'U' && kind === 's') state = 'u';
      }
    }
    seen += state;
  }
  return seen;
}

test('any sequence under any limits', () => {
  const limit = fc.constantFrom(0, 1, 2, 3, 200, 254);
  fc.assert(
    fc.property(
      fc.record({ s: limit, h: limit, t: limit, o: limit }),
      fc.array(fc.constantFrom(...'sssshhhttoo+-'), { maxLength: 300 }),
      (limits, events) => {
        const words = new Int32Array(healthWords(1));
        let seen = '';
        for (const event of events) {
          report(words, limits, event);
          seen += letters[healthState(words, 0)];
        }
        expect(seen).toBe(law(limits, events));
      },
    ),
    { numRuns: 500 },
  );
});
