// One look at a name: what is asked for, in which order, and what comes out of the answers. Orders are those that Kong's client
// (kong/resty/dns/client.lua, search_iter) goes through, worked out by hand.
import { expect, test } from 'vitest';
import { type Asked, addressesMax, type LookupResult, lookUp } from '../../../src/proxy/names/lookup.ts';
import { Questions } from '../../../src/proxy/names/questions.ts';
import { type NameSettings, nameSettingsDefault } from '../../../src/proxy/names/settings.ts';
import { createManualClock } from '../controllers/manual-clock.ts';
import { createTestDns, type Records } from './zone.ts';

interface Case {
  readonly name: string;
  readonly records: Records;
  readonly settings?: Partial<NameSettings>;
  readonly last?: Asked;
  readonly asks: readonly string[];
  /** 'address:port weight', or the kind; of failures with the code. */
  readonly gives: readonly string[] | string;
  readonly ttlMs?: number;
}

const searching = { searchDomains: ['ns.svc.cluster.local', 'svc.cluster.local'], ndots: 2 };
const hosts = new Map([['db', { ipv4: '10.9.9.9', ipv6: null }]]);

const cases: Readonly<Record<string, Case>> = {
  'SRV is asked for before A': {
    name: 'a.example',
    records: { 'A a.example': '10.0.0.2/7 10.0.0.1/9' },
    asks: ['SRV a.example', 'A a.example'],
    gives: ['10.0.0.1:0 0', '10.0.0.2:0 0'],
    ttlMs: 7_000,
  },
  'what had records before comes first': {
    name: 'a.example',
    records: { 'A a.example': '10.0.0.1' },
    last: { name: 'a.example', type: 'A' },
    asks: ['A a.example'],
    gives: ['10.0.0.1:0 0'],
  },
  'without LAST the order begins anew': {
    name: 'a.example',
    records: { 'A a.example': '10.0.0.1' },
    settings: { order: ['SRV', 'A'] },
    last: { name: 'a.example', type: 'A' },
    asks: ['SRV a.example', 'A a.example'],
    gives: ['10.0.0.1:0 0'],
  },
  'what had records before has none: all others, once each': {
    name: 'a.example',
    records: { 'SRV a.example': 'b.example:81', 'A b.example': '10.0.0.1' },
    last: { name: 'a.example', type: 'A' },
    asks: ['A a.example', 'SRV a.example', 'A b.example'],
    gives: ['10.0.0.1:81 1'],
  },
  'few dots: search domains before the name': {
    name: 'shop',
    records: { 'A shop': '10.0.0.1' },
    settings: { ...searching, order: ['A'] },
    asks: ['A shop.ns.svc.cluster.local', 'A shop.svc.cluster.local', 'A shop'],
    gives: ['10.0.0.1:0 0'],
  },
  'enough dots: search domains behind the name': {
    name: 'shop.other.svc',
    records: { 'A shop.other.svc.svc.cluster.local': '10.0.0.1' },
    settings: { ...searching, order: ['A'] },
    asks: ['A shop.other.svc', 'A shop.other.svc.ns.svc.cluster.local', 'A shop.other.svc.svc.cluster.local'],
    gives: ['10.0.0.1:0 0'],
  },
  'a dot at the end: no search': {
    name: 'shop.',
    records: {},
    settings: { ...searching, order: ['A'] },
    asks: ['A shop'],
    gives: 'absent',
  },
  'all names of a type before the next type': {
    name: 'shop',
    records: { 'AAAA shop': '2001:db8::1' },
    settings: { searchDomains: ['x'], ndots: 1, order: ['A', 'AAAA'] },
    asks: ['A shop.x', 'A shop', 'AAAA shop.x', 'AAAA shop'],
    gives: ['2001:db8::1:0 0'],
  },
  'the newer client asks for SRV only where the name is one of a service': {
    name: 'a.example',
    records: { 'A a.example': '10.0.0.1' },
    settings: { order: ['SRV', 'A'], srvOnlyForServices: true },
    asks: ['A a.example'],
    gives: ['10.0.0.1:0 0'],
  },
  'and there it does': {
    name: '_http._tcp.a.example',
    records: { 'SRV _http._tcp.a.example': 'b.example:81 1 5', 'A b.example': '10.0.0.1' },
    settings: { order: ['SRV', 'A'], srvOnlyForServices: true },
    asks: ['SRV _http._tcp.a.example', 'A b.example'],
    gives: ['10.0.0.1:81 5'],
  },
  'only the first priority of SRV; weight 0 is 1': {
    name: 's.example',
    records: {
      'SRV s.example': 'a.example:81 10 5;b.example:82 10 0;c.example:83 20 100',
      'A a.example': '10.0.0.1',
      'A b.example': '10.0.0.2',
      'A c.example': '10.0.0.3',
    },
    asks: ['SRV s.example', 'A a.example', 'A b.example'],
    gives: ['10.0.0.1:81 5', '10.0.0.2:82 1'],
  },
  'the weight of a record is shared by its addresses': {
    name: 's.example',
    records: { 'SRV s.example': 'a.example:81 0 5', 'A a.example': '10.0.0.1/4 10.0.0.2 10.0.0.3' },
    asks: ['SRV s.example', 'A a.example'],
    gives: ['10.0.0.1:81 2', '10.0.0.2:81 2', '10.0.0.3:81 1'],
    ttlMs: 4_000,
  },
  'two records that lead to one address and port: one with the weight of both': {
    name: 's.example',
    records: {
      'SRV s.example': 'a.example:81 0 5;b.example:81 0 3',
      'A a.example': '10.0.0.1',
      'A b.example': '10.0.0.1',
    },
    asks: ['SRV s.example', 'A a.example', 'A b.example'],
    gives: ['10.0.0.1:81 8'],
  },
  'SRV may name addresses, and names of the hosts file': {
    name: 's.example',
    records: { 'SRV s.example': '10.0.0.7:81 0 1;db:82 0 1' },
    settings: { hosts },
    asks: ['SRV s.example'],
    gives: ['10.0.0.7:81 1', '10.9.9.9:82 1'],
    ttlMs: 30_000,
  },
  'SRV that names itself tells nothing': {
    name: 'shop.svc',
    records: { 'SRV shop.svc': 'shop.svc:80 0 100', 'A shop.svc': '10.0.0.1' },
    asks: ['SRV shop.svc', 'A shop.svc'],
    gives: ['10.0.0.1:0 0'],
  },
  'an SRV record that leads nowhere is left out': {
    name: 's.example',
    records: { 'SRV s.example': 'a.example:81 0 5;b.example:82 0 5', 'A a.example': '10.0.0.1' },
    asks: ['SRV s.example', 'A a.example', 'A b.example'],
    gives: ['10.0.0.1:81 5'],
  },
  'one that nobody can follow: rather the old addresses than others': {
    name: 's.example',
    records: {
      'SRV s.example': 'a.example:81 0 5;b.example:82 0 5',
      'A a.example': '10.0.0.1',
      'A b.example': '!ESERVFAIL',
      'A s.example': '10.0.0.9',
    },
    asks: ['SRV s.example', 'A a.example', 'A b.example'],
    gives: 'failed ESERVFAIL',
  },
  'a refusal of the server: the next name may be answered': {
    name: 'shop',
    records: { 'A shop.x': '!ESERVFAIL', 'A shop': '10.0.0.1' },
    settings: { searchDomains: ['x'], ndots: 1, order: ['A'] },
    asks: ['A shop.x', 'A shop'],
    gives: ['10.0.0.1:0 0'],
  },
  'a refusal, then nothing: nobody could tell': {
    name: 'shop',
    records: { 'A shop.x': '!EREFUSED' },
    settings: { searchDomains: ['x'], ndots: 1, order: ['A'] },
    asks: ['A shop.x', 'A shop'],
    gives: 'failed EREFUSED',
  },
  'no answer ends the look': {
    name: 'shop',
    records: { 'SRV shop': '!ETIMEOUT', 'A shop': '10.0.0.1' },
    asks: ['SRV shop'],
    gives: 'failed ETIMEOUT',
  },
  'a name that exists without such records is not absent': {
    name: 'a.example',
    records: { 'SRV a.example': '-' },
    asks: ['SRV a.example', 'A a.example'],
    gives: 'empty',
  },
  'no such name': {
    name: 'a.example',
    records: {},
    asks: ['SRV a.example', 'A a.example'],
    gives: 'absent',
  },
  'what is no address of its kind is no address': {
    name: 'a.example',
    records: { 'A a.example': '2001:db8::1 300.1.1.1 x', 'AAAA a.example': '10.0.0.1 2001:db8::2' },
    settings: { order: ['A', 'AAAA'] },
    asks: ['A a.example', 'AAAA a.example'],
    gives: ['2001:db8::2:0 0'],
  },
};

function look(one: Pick<Case, 'name' | 'records' | 'settings' | 'last'>) {
  const clock = createManualClock();
  const dns = createTestDns(clock, one.records);
  const results: LookupResult[] = [];
  const settings = { ...nameSettingsDefault, ...one.settings };
  lookUp(new Questions(dns), settings, one.name, one.last ?? null, true, (result) => results.push(result));
  clock.advance(1_000);
  expect(results.length).toBe(1);
  return { dns, result: results[0]! };
}

test.each(Object.entries(cases))('%s', (_name, one) => {
  const { dns, result } = look(one);
  expect(dns.asked).toEqual(one.asks);
  const given =
    result.kind === 'known'
      ? result.addresses.map(({ host, port, weight }) => `${host}:${port} ${weight}`)
      : result.kind === 'failed'
        ? `failed ${result.code}`
        : result.kind;
  expect(given).toEqual(one.gives);
  if (one.ttlMs !== undefined) expect(result).toMatchObject({ ttlMs: one.ttlMs });
});

test('more addresses than there is room for: the first in order, and how many are left out', () => {
  const all = Array.from({ length: 1_500 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
  const { result } = look({ name: 'many.example', records: { 'A many.example': all.join(' ') } });
  expect(result).toMatchObject({ kind: 'known', leftOut: 1_500 - addressesMax });
  const hostsGiven = result.kind === 'known' ? result.addresses.map(({ host }) => host) : [];
  const firsts = [...all].sort((a, b) => (`${a}:0` < `${b}:0` ? -1 : 1)).slice(0, addressesMax);
  expect(hostsGiven).toEqual(firsts);
});

test('records that say the same again and again take no room from others', () => {
  const crowd = Array.from({ length: 400 }, () => 'a.example:81 0 5').join(';');
  const { result, dns } = look({
    name: 's.example',
    records: {
      'SRV s.example': `${crowd};b.example:81 0 5`,
      'A a.example': Array.from({ length: 400 }, () => '10.0.0.1').join(' '),
      'A b.example': '10.0.0.2',
    },
  });
  expect(dns.asked).toEqual(['SRV s.example', 'A a.example', 'A b.example']);
  const given = result.kind === 'known' ? result.addresses.map(({ host, weight }) => [host, weight]) : [];
  expect(given).toEqual([
    ['10.0.0.1', 5],
    ['10.0.0.2', 5],
  ]);
});

test('the same question is put once, and only so many at a time', () => {
  const clock = createManualClock();
  const dns = createTestDns(clock, { 'A a.example': '10.0.0.1' });
  const questions = new Questions(dns);
  const told: string[] = [];
  for (let i = 0; i < 3; i++) questions.ask('a.example', 'A', false, ({ kind }) => told.push(kind));
  for (let i = 0; i < 200; i++) questions.ask(`n${i}.example`, 'A', false, ({ kind }) => told.push(kind));
  questions.ask('urgent.example', 'A', true, ({ kind }) => told.push(kind));
  clock.advance(1);
  expect(dns.asked.indexOf('A urgent.example')).toBe(64);
  clock.advance(100);
  expect(dns.asked.filter((one) => one === 'A a.example').length).toBe(1);
  expect(dns.openMax).toBe(64);
  expect(told.length).toBe(204);
});
