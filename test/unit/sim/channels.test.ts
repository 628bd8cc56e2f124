// What main thread and workers may rely on in each other's messages, and what names lead to.
import { expect, it } from 'vitest';
import { createChannel } from '../../../sim/hosts/channel.ts';
import { createHost } from '../../../sim/hosts/host.ts';
import type { ChannelMessage } from '../../../src/ports/channel.ts';
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

const names: readonly (readonly [string, string | null, readonly string[]])[] = [
  ['shop.svc', null, ['10.0.0.1', '10.0.0.2']],
  ['SHOP.svc', null, ['10.0.0.1', '10.0.0.2']],
  ['broken.svc', 'ESERVFAIL', []],
  ['absent.svc', 'ENOTFOUND', []],
];

it.each(names)('the name %s leads to %s %j', (name, error, addresses) => {
  const pair = createPair();
  pair.network.names.set('shop.svc', ['10.0.0.1', '10.0.0.2']);
  pair.network.names.set('broken.svc', 'ESERVFAIL');
  const seen: unknown[] = [];
  pair.client.start((env) => env.dns.resolve(name, (failed, found) => seen.push(failed, found)));
  pair.scheduler.runUntil(50);
  expect(seen).toEqual([]);
  seconds(pair, 1);
  expect(seen).toEqual([error, addresses]);
});

it('a name that is asked for again may lead elsewhere, and a crashed host is told nothing', () => {
  const pair = createPair();
  pair.network.names.set('shop.svc', ['10.0.0.1']);
  const seen: string[] = [];
  const env = pair.client.launch();
  env.dns.resolve('shop.svc', (_error, found) => seen.push(found.join()));
  seconds(pair, 1);
  pair.network.names.set('shop.svc', ['10.0.0.9']);
  env.dns.resolve('shop.svc', (_error, found) => seen.push(found.join()));
  seconds(pair, 1);
  env.dns.resolve('shop.svc', (_error, found) => seen.push(found.join()));
  pair.client.crash();
  seconds(pair, 1);
  expect(seen).toEqual(['10.0.0.1', '10.0.0.9']);
});
