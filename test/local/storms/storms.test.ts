// Crowds of connections against the real proxy: it lives, serves who asks properly, and gives everything back.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Backend, startBackend } from '../proxy/running-proxy.ts';
import { poll } from '../rolling/program.ts';
import { askMany, type Crowd, gather } from './crowd.ts';
import { openFilesMax, type StormGateway, startStormGateway } from './storm-gateway.ts';

const manyFiles = 12_000;
/** Files that come and go: pooled connections, the status page. */
const filesSpare = 12;
/** Resident memory of a connection that has said nothing. */
const idleConnectionKb = 16;

let backend: Backend;
let gateway: StormGateway | null = null;
let crowd: Crowd | null = null;

beforeEach(async () => {
  backend = await startBackend('calm');
});

afterEach(async () => {
  crowd?.leave();
  await gateway?.stop();
  gateway = null;
  crowd = null;
  await backend.close();
});

async function start(headTimeoutMs: number, openFiles: number): Promise<StormGateway> {
  gateway = await startStormGateway(backend.url, headTimeoutMs, openFiles);
  expect(await askMany(gateway.port, 20)).toEqual(['200']);
  return gateway;
}

async function everythingIsBack(started: StormGateway, filesBefore: number): Promise<void> {
  await poll('all connections are closed', async () => {
    const active = await started.metric('kong_nginx_connections_total{subsystem="http",state="active"}');
    return active === 0 && started.figures().files <= filesBefore + filesSpare;
  });
}

const canHoldMany = openFilesMax() >= manyFiles;

test.skipIf(!canHoldMany)('10,000 connections that say nothing (needs ulimit -n 12000)', async () => {
  const started = await start(60_000, manyFiles);
  const before = started.figures();
  crowd = await gather(started.port, 10_000, '');
  expect(await askMany(started.port, 50)).toEqual(['200']);
  expect(crowd.open.size).toBe(10_000);
  const first = started.figures();
  expect(first.files).toBeGreaterThan(10_000);
  const eachKb = (first.residentKb - before.residentKb) / 10_000;
  console.log(`resident memory of an idle connection: ${eachKb.toFixed(1)} KB`);
  expect(eachKb).toBeLessThan(idleConnectionKb);
  crowd.leave();
  await everythingIsBack(started, before.files);
  // What the first crowd has left in memory is there for the second one; were it not, there would be half as much again.
  crowd = await gather(started.port, 10_000, '');
  expect(await askMany(started.port, 5)).toEqual(['200']);
  expect(started.figures().residentKb).toBeLessThan(first.residentKb * 1.3);
  crowd.leave();
  await everythingIsBack(started, before.files);
});

test.skipIf(!canHoldMany)('5,000 heads that never end (needs ulimit -n 12000)', async () => {
  const headTimeoutMs = 1500;
  const started = await start(headTimeoutMs, manyFiles);
  const before = started.figures();
  crowd = await gather(started.port, 5000, 'GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ');
  const dripping = setInterval(() => crowd?.say('x'), 250);
  const good = askMany(started.port, 100);
  try {
    await poll('the last of them is closed', () => crowd!.open.size === 0);
  } finally {
    clearInterval(dripping);
  }
  expect(await good).toEqual(['200']);
  expect(await started.metric('tidegate_proxy_exits_total{reason="head_timeout"}')).toBe(5000);
  await everythingIsBack(started, before.files);
});

test('more connections than the process may have files', async () => {
  const openFiles = 256;
  const started = await start(60_000, openFiles);
  const before = started.figures();
  for (const greeting of ['', 'GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ']) {
    crowd = await gather(started.port, 600, greeting);
    expect(await askMany(started.port, 50)).toEqual(['200']);
    expect(crowd.open.size).toBeLessThan(openFiles);
    crowd.leave();
  }
  // Nobody on the status page takes the files of those who want to be served either.
  crowd = await gather(Number(new URL(started.status).port), 600, '');
  expect(await askMany(started.port, 20)).toEqual(['200']);
  crowd.leave();
  const displaced = () => started.metric('tidegate_connections_displaced_total');
  await poll('the status page has room again', async () => !Number.isNaN(await displaced()));
  expect(await displaced()).toBeGreaterThan(600);
  expect(await started.metric('tidegate_connections_refused_total')).toBe(0);
  await everythingIsBack(started, before.files);
});
