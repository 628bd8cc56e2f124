// Requests to a name of which DNS has not said anything yet: they wait for its first answer, with their bodies, and not for ever.
import { expect, test } from 'vitest';
import { emptyConfig } from '../../../src/kong/config.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import { diffConfigs } from '../../../src/kong/delta.ts';
import { type Compiler, createCompiler } from '../../../src/proxy/compile/compiler.ts';
import { absentAnswer, failedAnswer, type NameAnswer } from '../../../src/proxy/names/answer.ts';
import { createRig, okResponse } from './rig.ts';

const known: NameAnswer = {
  state: 'known',
  type: 'A',
  addresses: [{ host: '10.0.0.1', port: 0, weight: 0, serviceName: '' }],
};

function start() {
  const service = { name: 's', host: 'a.example', port: 9000, retries: 0 };
  const document = { _format_version: '3.0', services: [{ ...service, routes: [{ paths: ['/'] }] }] };
  const decoded = decodeDeclarative(document);
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  const config = decoded.value;
  const held: { compiler: Compiler | null } = { compiler: null };
  const rig = createRig((endpoints) => {
    const shared = {
      health: new Int32Array(1),
      shares: new Int32Array(64),
      counters: new Int32Array(1),
      statistics: new Float64Array(1),
      routes: [],
    };
    const env = { clock: { wallMs: () => 0, monotonicUs: () => 0, after: () => ({ cancel() {} }) } };
    held.compiler = createCompiler({ env, endpoints, shared, handlers: new Map() });
    const job = held.compiler.begin(diffConfigs(emptyConfig, config));
    while (!job.step()) {}
    return job.result;
  });
  return {
    rig,
    says(answer: NameAnswer): void {
      const nothing = { from: config.id, to: config.id, upsert: [], remove: [] };
      const names = [['a.example', answer] as const];
      const job = held.compiler!.begin(nothing, { slots: [], rows: [], names });
      while (!job.step()) {}
      rig.serving.namesChanged();
      rig.world.run(5);
    },
  };
}

const get = 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n';
const unresolved = /^HTTP\/1\.1 503 .*name resolution failed/s;

test('it goes on with the first answer', () => {
  const { rig, says } = start();
  rig.upstream(9000, (peer) => peer.send(okResponse));
  const client = rig.client(get);
  rig.world.run(3_000);
  expect(client.received).toBe('');
  says(known);
  expect(client.received).toMatch(/^HTTP\/1\.1 200/);
  expect(rig.peers[0]!.received).toContain('Host: a.example:9000\r\n');
});

test('with a body that has come meanwhile, and the rest of it', () => {
  const { rig, says } = start();
  rig.upstream(9000, (peer) => {
    if (peer.received.endsWith('0123456789')) peer.send(okResponse);
  });
  const client = rig.client('POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n012');
  client.send('345');
  rig.world.run(100);
  says(known);
  client.send('6789');
  rig.world.run(100);
  expect(client.received).toMatch(/^HTTP\/1\.1 200/);
  expect(rig.peers.length).toBe(1);
});

test.each([
  ['there is no such name', absentAnswer],
  ['nobody could tell', failedAnswer],
])('%s: refused with that reason', (_what, answer) => {
  const { rig, says } = start();
  const client = rig.client(get);
  says(answer);
  expect(client.received).toMatch(unresolved);
  rig.world.run(2_000);
  expect(JSON.parse(rig.lines.at(-1) ?? '{}')).toMatchObject({ reason: 'name_unresolved' });
});

test('no answer at all: refused after ten seconds, and the connection serves the next request', () => {
  const { rig, says } = start();
  rig.upstream(9000, (peer) => peer.send(okResponse));
  const client = rig.client(get);
  rig.world.run(9_500);
  expect(client.received).toBe('');
  rig.world.run(1_000);
  expect(client.received).toMatch(unresolved);
  const before = client.received.length;
  client.send(get);
  rig.world.run(5);
  says(known);
  expect(client.received.slice(before)).toMatch(/^HTTP\/1\.1 200/);
});

test('who goes away is forgotten', () => {
  const { rig, says } = start();
  rig.upstream(9000, (peer) => peer.send(okResponse));
  const client = rig.client(get);
  client.socket.destroy();
  rig.world.run(10);
  says(known);
  rig.world.run(20_000);
  expect(rig.peers.length).toBe(0);
  expect(rig.lines.map((line) => (JSON.parse(line) as { readonly reason: string }).reason)).toEqual([
    'client_gone',
  ]);
});

test('once something is known nobody waits', () => {
  const { rig, says } = start();
  rig.upstream(9000, (peer) => peer.send(okResponse));
  says(absentAnswer);
  expect(rig.client(get).received).toMatch(unresolved);
  says(known);
  expect(rig.client(get).received).toMatch(/^HTTP\/1\.1 200/);
});
