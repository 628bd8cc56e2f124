// What main thread and workers may rely on in each other's messages, and what names lead to.
import { expect, it } from 'vitest';
import { createChannel } from '../../../sim/hosts/channel.ts';
import { createHost } from '../../../sim/hosts/host.ts';
import type { ChannelMessage } from '../../../src/ports/channel.ts';
import type { DnsAnswer, DnsRecord } from '../../../src/ports/dns.ts';
import { createPair, seconds } from './pair.ts';

function joined() {
  const pair = createPair();
  const main = pair.server.launch();
  const worker = createHost(
    { scheduler: pair.scheduler, network: pair.network },
    { name: 'worker', machine: pair.server.machine.name },
  );
  const [mine, its] = createChannel(pair.scheduler, 'channel', main.life, worker.launch().life);
  const got: ChannelMessage[] = [];
  return { ...pair, worker, mine, its, got };
}

it('messages come in order, later, and as copies', () => {
  const { mine, its, got, ...pair } = joined();
  its.onMessage = (message) => got.push(message);
  const list = [1];
  for (let i = 0; i < 20; i++) mine.post({ kind: 'number', i, list });
  list.push(2);
  expect(got).toEqual([]);
  seconds({ ...pair }, 1);
  expect(got.map((message) => message['i'])).toEqual(Array.from({ length: 20 }, (_, i) => i));
  expect(got[0]!['list']).toEqual([1]);
});

it('messages wait for their listener', () => {
  const { mine, its, got, ...pair } = joined();
  mine.post({ kind: 'early' });
  seconds({ ...pair }, 1);
  its.onMessage = (message) => got.push(message);
  seconds({ ...pair }, 1);
  expect(got).toEqual([{ kind: 'early' }]);
});

it('a paused worker gets them when it goes on', () => {
  const { mine, its, got, worker, ...pair } = joined();
  its.onMessage = (message) => got.push(message);
  worker.pause();
  mine.post({ kind: 'wait' });
  seconds({ ...pair }, 10);
  expect(got).toEqual([]);
  worker.resume();
  seconds({ ...pair }, 1);
  expect(got).toEqual([{ kind: 'wait' }]);
});

it('what is on its way to a worker that crashed is lost, and posting to it does nothing', () => {
  const { mine, its, got, worker, ...pair } = joined();
  its.onMessage = (message) => got.push(message);
  mine.post({ kind: 'late' });
  worker.crash();
  mine.post({ kind: 'later' });
  seconds({ ...pair }, 10);
  expect(got).toEqual([]);
});

it('functions cannot be sent', () => {
  const { mine } = joined();
  expect(() => mine.post({ kind: 'bad', call: () => 1 })).toThrow('a channel cannot carry a function');
});

const shop: DnsRecord = { host: '10.0.0.1', ttlSeconds: 5, port: 0, priority: 0, weight: 0 };
const zone: Readonly<Record<string, DnsAnswer>> = {
  'shop.svc': { kind: 'records', records: [shop, { ...shop, host: '10.0.0.2' }] },
  'broken.svc': { kind: 'failed', code: 'ESERVFAIL' },
};
const names: readonly (readonly [string, DnsAnswer])[] = [
  ['shop.svc', zone['shop.svc']!],
  ['SHOP.svc', zone['shop.svc']!],
  ['broken.svc', zone['broken.svc']!],
  ['absent.svc', { kind: 'absent' }],
];

it.each(names)('the name %s leads to %j', (name, answer) => {
  const pair = createPair();
  pair.network.answerName = (asked) => zone[asked] ?? { kind: 'absent' };
  const seen: unknown[] = [];
  pair.client.start((env) => env.dns.query(name, 'A', (found) => seen.push(found)));
  pair.scheduler.runUntil(50);
  expect(seen).toEqual([]);
  seconds(pair, 1);
  expect(seen).toEqual([answer]);
});

it('a name that is asked for again may lead elsewhere; a crashed host is told nothing, nor is who has given up', () => {
  const pair = createPair();
  let host = '10.0.0.1';
  pair.network.answerName = () => ({ kind: 'records', records: [{ ...shop, host }] });
  const seen: string[] = [];
  const env = pair.client.launch();
  const ask = () =>
    env.dns.query('shop.svc', 'A', (found) =>
      seen.push(found.kind === 'records' ? found.records.map((record) => record.host).join() : found.kind),
    );
  ask();
  seconds(pair, 1);
  host = '10.0.0.9';
  ask();
  ask().cancel();
  seconds(pair, 1);
  ask();
  pair.client.crash();
  seconds(pair, 1);
  expect(seen).toEqual(['10.0.0.1', '10.0.0.9']);
});

it('what is in the way of questions makes them late or changes their answers', () => {
  const pair = createPair();
  pair.network.answerName = () => ({ kind: 'records', records: [shop] });
  pair.network.nameTroubles.add((_life, name) =>
    name === 'late.svc' ? { delayUs: 2_000_000, change: () => ({ kind: 'failed', code: 'ETIMEOUT' }) } : null,
  );
  const seen: string[] = [];
  const env = pair.client.launch();
  for (const name of ['late.svc', 'other.svc'])
    env.dns.query(name, 'A', ({ kind }) => seen.push(`${name} ${kind}`));
  seconds(pair, 1);
  expect(seen).toEqual(['other.svc records']);
  seconds(pair, 3);
  expect(seen).toEqual(['other.svc records', 'late.svc failed']);
});
