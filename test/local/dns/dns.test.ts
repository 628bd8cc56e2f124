// The resolver of the platform against a real server: what each answer of the protocol becomes.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDns } from '../../../src/io/dns.ts';
import type { Dns, DnsAnswer, RecordType } from '../../../src/ports/dns.ts';
import { type DnsServer, startDnsServer } from './dns-server.ts';

let server: DnsServer;
let dns: Dns;

beforeAll(async () => {
  server = await startDnsServer();
  dns = createDns({ servers: [server.address], timeoutMs: 200, tries: 2 });
});
afterAll(() => server.close());

const ask = (name: string, type: RecordType): Promise<DnsAnswer> =>
  new Promise((resolve) => dns.query(name, type, resolve));
const address = (host: string, ttlSeconds: number) => ({ host, ttlSeconds, port: 0, priority: 0, weight: 0 });

test.each<[string, RecordType, string, Parameters<DnsServer['zone']['set']>[1] | null, DnsAnswer]>([
  [
    'addresses with their times',
    'A',
    'a.example',
    [
      { ttl: 7, data: '10.0.0.1' },
      { ttl: 9, data: '10.0.0.2' },
    ],
    { kind: 'records', records: [address('10.0.0.1', 7), address('10.0.0.2', 9)] },
  ],
  [
    'IPv6',
    'AAAA',
    'b.example',
    [{ ttl: 5, data: '2001:db8:0:0:0:0:0:1' }],
    { kind: 'records', records: [address('2001:db8::1', 5)] },
  ],
  [
    'SRV, whose time is not told',
    'SRV',
    '_http._tcp.c.example',
    [{ ttl: 5, data: '10 20 8080 pod.c.example' }],
    {
      kind: 'records',
      records: [{ host: 'pod.c.example', ttlSeconds: null, port: 8080, priority: 10, weight: 20 }],
    },
  ],
  ['a name without such records', 'A', 'd.example', [], { kind: 'empty' }],
  ['no such name', 'A', 'e.example', null, { kind: 'absent' }],
  ['what cannot be a name', 'A', `${'x'.repeat(64)}.example`, null, { kind: 'absent' }],
  ['a refusal', 'A', 'f.example', 'refused', { kind: 'failed', code: 'EREFUSED' }],
  ['a failure of the server', 'A', 'g.example', 'servfail', { kind: 'failed', code: 'ESERVFAIL' }],
  ['silence', 'A', 'h.example', 'silence', { kind: 'failed', code: 'ETIMEOUT' }],
])('%s', async (_what, type, name, entry, answer) => {
  if (entry !== null) server.zone.set(`${type} ${name}`, entry);
  expect(await ask(name, type)).toEqual(answer);
});

test('an answer that does not fit a packet comes over TCP', async () => {
  const records = Array.from({ length: 300 }, (_, i) => ({ ttl: 1, data: `10.1.${i >> 8}.${i & 255}` }));
  server.zone.set('A many.example', records);
  const answer = await ask('many.example', 'A');
  expect(answer.kind === 'records' && answer.records.length).toBe(300);
  expect(server.askedAgain).toContain('A many.example');
});

test('every question reaches the server: nothing in between remembers answers', async () => {
  server.zone.set('A moves.example', [{ ttl: 3600, data: '10.0.0.1' }]);
  await ask('moves.example', 'A');
  server.zone.set('A moves.example', [{ ttl: 3600, data: '10.0.0.2' }]);
  expect(await ask('moves.example', 'A')).toMatchObject({ records: [address('10.0.0.2', 3600)] });
});

test('who has given up is told nothing', async () => {
  server.zone.set('A late.example', [{ ttl: 1, data: '10.0.0.1' }]);
  let isTold = false;
  dns
    .query('late.example', 'A', () => {
      isTold = true;
    })
    .cancel();
  await ask('late.example', 'A');
  await ask('a.example', 'A');
  expect(isTold).toBe(false);
});
