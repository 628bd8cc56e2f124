// A followed log of a pod (`kubectl logs -f`): whatever the pod writes, and whenever its container starts again, whoever reads it
// gets each line once, in order, also the last ones of a pod that goes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createApiServer } from '../../../sim/cluster/api-server.ts';
import type { RunningPod } from '../../../sim/cluster/pod-runner.ts';
import { createPodLogs } from '../../../sim/pod/pod-logs.ts';
import { createPodRunner } from '../../../sim/pod/runner.ts';
import { inProcessClient } from '../../../src/ports/in-process.ts';
import { silentLog } from '../../../src/ports/log.ts';
import type { Tcp, TcpConnection, TcpHandler } from '../../../src/ports/tcp.ts';
import { createKeyedRandom, createManualClock } from '../controllers/manual-clock.ts';

type Accept = (connection: TcpConnection) => TcpHandler | null;

const deaf = {
  remoteAddress: '127.0.0.1',
  remotePort: 1,
  localAddress: '127.0.0.1',
  localPort: 8080,
  tls: null,
  write: () => true,
  write2: () => true,
  pause() {},
  resume() {},
  end() {},
  destroy() {},
  reset() {},
} satisfies TcpConnection;

function createSetting() {
  const clock = createManualClock();
  const random = createKeyedRandom(1);
  let accept: Accept | null = null;
  const tcp: Tcp = {
    listen({ host, port }, onAccept, done) {
      accept = onAccept;
      done(null, { host, port, close: (closed) => closed() });
    },
    connect() {
      throw new Error('pods open no connections');
    },
  };
  const runner = createPodRunner({ clock, random, log: silentLog, tcp, tcpFor: () => tcp });
  const logs = createPodLogs(() => api.store, runner.find);
  const api = createApiServer({ clock, random, log: silentLog, logs });
  const made = api.store.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'default', name: 'web' },
    spec: { nodeName: 'n', containers: [{ name: 'app', image: 'x', ports: [{ containerPort: 8080 }] }] },
  });
  if (!made.ok) throw new Error(made.error.message);
  let pod: RunningPod | null = null;
  runner.run(made.value, (_error, running) => {
    pod = running;
  });
  const start = (): void => pod!.startContainer('app', () => undefined);
  start();
  let asked = 0;
  const http = inProcessClient(clock, api.handler);
  return {
    advance: clock.advance,
    /** Each is a line of the log. */
    ask(count: number) {
      const handler = accept!(deaf)!;
      for (let one = 0; one < count; one++) {
        const bytes = Buffer.from(`GET /${asked++} HTTP/1.1\r\nHost: x\r\n\r\n`, 'latin1');
        handler.onData(bytes, 0, bytes.length, 0);
      }
    },
    restart() {
      pod!.kill('app');
      start();
    },
    end() {
      expect(api.store.delete('pods', 'default', 'web', { gracePeriodSeconds: 0 }).ok).toBe(true);
      pod!.dispose();
    },
    /** Numbers of the lines that have come so far, and whether the answer has ended. */
    follow() {
      let text = '';
      const heard = {
        over: false,
        numbers: () => [...text.matchAll(/GET \/(\d+) /g)].map((m) => Number(m[1])),
      };
      const path = '/api/v1/namespaces/default/pods/web/log?follow=true&tailLines=0';
      const request = { method: 'GET', path, headers: {}, body: null };
      http.request(request, {
        onHead: (status) => expect(status).toBe(200),
        onData(bytes) {
          text += bytes.toString('utf8');
        },
        onEnd() {
          heard.over = true;
        },
      });
      clock.advance(0);
      return heard;
    },
  };
}

/** Lines that are kept of one run; a reader is never further behind here. */
const keptLines = 1_000;
const lookMs = 250;

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ ask: fc.integer({ min: 1, max: keptLines }) }) },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
);

test('each line comes once and in order, however much is kept', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 3 }),
      fc.array(fc.tuple(step, step), { minLength: 1, maxLength: 30 }),
      fc.boolean(),
      (before, rounds, endsAtOnce) => {
        const setting = createSetting();
        let count = 0;
        const take = (one: (typeof before)[number]): number => {
          if (one === 'restart') {
            setting.restart();
            return 0;
          }
          setting.ask(one.ask);
          return one.ask;
        };
        for (const one of before) count += take(one);
        const first = count;
        const heard = setting.follow();
        for (const [one, other] of rounds) {
          count += take(one);
          // Of two loads in one run between two looks nobody keeps all.
          if (one === 'restart' || other === 'restart') count += take(other);
          setting.advance(lookMs);
        }
        setting.ask(3);
        count += 3;
        if (!endsAtOnce) setting.advance(lookMs);
        setting.end();
        setting.advance(lookMs);
        expect(heard.over).toBe(true);
        const wanted = Array.from({ length: count - first }, (_, index) => first + index);
        expect(heard.numbers()).toEqual(wanted);
      },
    ),
    { numRuns: 25 },
  );
});

test('also of a container that has started again more often than runs are kept', () => {
  const setting = createSetting();
  const heard = setting.follow();
  for (let round = 0; round < 60; round++) {
    setting.ask(2);
    setting.advance(lookMs);
    setting.restart();
  }
  setting.advance(lookMs);
  expect(heard.numbers()).toEqual(Array.from({ length: 120 }, (_, index) => index));
});
