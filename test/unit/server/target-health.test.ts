// What the Admin API calls the health of targets that are names, and setting it by hand for one address or all of them.
import { expect, test } from 'vitest';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { forceHealth } from '../../../src/proxy/balance/health.ts';
import {
  absentAnswer,
  failedAnswer,
  type NameAnswer,
  waitingAnswer,
} from '../../../src/proxy/names/answer.ts';
import { addressesOf } from '../../../src/proxy/names/target-addresses.ts';
import { readTargetHealth, writeTargetHealth } from '../../../src/proxy/server/target-health.ts';

const named = (host: string, weight = 0) => ({
  host,
  port: weight === 0 ? 0 : 9000,
  weight,
  serviceName: '',
});
const addresses: NameAnswer = {
  state: 'known',
  type: 'A',
  addresses: [named('10.0.0.1'), named('2001:db8::1')],
};
const services: NameAnswer = {
  state: 'known',
  type: 'SRV',
  addresses: [named('10.0.0.1', 3), named('10.0.0.2', 5)],
};
const checks = { passive: { unhealthy: { http_failures: 1 } } };

function sourcesOf(
  answer: NameAnswer | null,
  target: Record<string, unknown> = {},
  healthchecks: unknown = checks,
) {
  const upstream = { name: 'up', healthchecks, targets: [{ target: 'a.example:81', weight: 7, ...target }] };
  const decoded = decodeDeclarative({ _format_version: '3.0', upstreams: [upstream] });
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  const config = decoded.value;
  const words = new Int32Array(8);
  const recovered: string[] = [];
  const slots = new Map<string, number>();
  const slotOf = (key: string): number => {
    if (!slots.has(key)) slots.set(key, slots.size);
    return slots.get(key)!;
  };
  const sources = {
    config: () => config,
    slots: { slotOf },
    words,
    named: {
      addressesOf: (one: Parameters<typeof addressesOf>[0]) => addressesOf(one, () => answer),
      answer: () => answer,
    },
    recovered: (key: string) => recovered.push(key),
  };
  const [only] = config.entities.targets.values();
  return { sources, target: only!, words, recovered };
}

/** 'health source: address*weight health, ...' */
function shown({ sources, target }: Pick<ReturnType<typeof sourcesOf>, 'sources' | 'target'>): string {
  const { health, source, addresses: all } = readTargetHealth(sources, target);
  const each = all.map((one) => `${one.host}:${one.port}*${one.weight} ${one.health}`);
  return `${health} ${source}: ${each.join(', ')}`;
}

test.each<[string, NameAnswer | null, Record<string, unknown>, unknown, string]>([
  ['A', addresses, {}, checks, 'HEALTHY A: 10.0.0.1:81*7 HEALTHY, 2001:db8::1:81*7 HEALTHY'],
  ['SRV', services, {}, checks, 'HEALTHY SRV: 10.0.0.1:9000*3 HEALTHY, 10.0.0.2:9000*5 HEALTHY'],
  [
    'no checks',
    services,
    {},
    {},
    'HEALTHCHECKS_OFF SRV: 10.0.0.1:9000*3 HEALTHCHECKS_OFF, 10.0.0.2:9000*5 HEALTHCHECKS_OFF',
  ],
  ['no answer yet', waitingAnswer, {}, checks, 'DNS_ERROR unknown: '],
  ['no such name', absentAnswer, {}, checks, 'DNS_ERROR dns server error: 3 name error: '],
  ['nobody could tell', failedAnswer, {}, {}, 'DNS_ERROR dns server error: no answer: '],
  ['weight 0', addresses, { weight: 0 }, checks, 'HEALTHCHECKS_OFF A: '],
  ['an address', null, { target: '10.0.0.5:82' }, checks, 'HEALTHY static: 10.0.0.5:82*7 HEALTHY'],
])('%s', (_what, answer, target, healthchecks, expected) => {
  expect(shown(sourcesOf(answer, target, healthchecks))).toBe(expected);
});

test('a name is well while one of its addresses is', () => {
  const made = sourcesOf(addresses);
  shown(made);
  forceHealth(made.words, 0, false);
  expect(shown(made)).toBe('HEALTHY A: 10.0.0.1:81*7 UNHEALTHY, 2001:db8::1:81*7 HEALTHY');
  forceHealth(made.words, 1, false);
  expect(shown(made)).toBe('UNHEALTHY A: 10.0.0.1:81*7 UNHEALTHY, 2001:db8::1:81*7 UNHEALTHY');
});

test('by hand: one address, all of them, none that there is not', () => {
  const made = sourcesOf(addresses);
  const { sources, target } = made;
  expect(writeTargetHealth(sources, target, '[2001:db8::1]:81', false)).toBe(true);
  expect(shown(made)).toBe('HEALTHY A: 10.0.0.1:81*7 HEALTHY, 2001:db8::1:81*7 UNHEALTHY');
  expect(writeTargetHealth(sources, target, '', false)).toBe(true);
  expect(shown(made)).toContain('UNHEALTHY A:');
  expect(writeTargetHealth(sources, target, '10.9.9.9:81', true)).toBe(false);
  expect(made.recovered).toEqual([]);
  for (let i = 0; i < 2; i++) writeTargetHealth(sources, target, '[2001:db8::1]:81', true);
  expect(made.recovered).toEqual([expect.stringContaining(' [2001:db8::1]:81')]);
  expect(writeTargetHealth(sourcesOf(addresses, {}, {}).sources, target, '', true)).toBe(false);
});
