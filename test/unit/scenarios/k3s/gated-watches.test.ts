// What a controller hears of a watch that goes through a gate: every way in which it can end, and lines that come late.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGatedWatches, resourceOfPath } from '../../../../scenarios/runner/k3s/gated-watches.ts';
import type { WatchEnd } from '../../../../sim/cluster/api/watch.ts';
import type { CallFacts } from '../../../../sim/world/calls.ts';
import type { HttpReplyHandler } from '../../../../src/ports/http.ts';
import { createManualClock } from '../../controllers/manual-clock.ts';

const paths: readonly (readonly [string, string])[] = [
  ['/api/v1/services?watch=true', 'services'],
  ['/api/v1/namespaces?watch=true', 'namespaces'],
  ['/api/v1/namespaces/shop/secrets?watch=1&resourceVersion=7', 'secrets'],
  ['/apis/networking.k8s.io/v1/ingresses?watch=true', 'ingresses.networking.k8s.io'],
  ['/apis/discovery.k8s.io/v1/namespaces/a/endpointslices', 'endpointslices.discovery.k8s.io'],
];
test.each(paths)('%s is a watch of %s', (path, resource) => expect(resourceOfPath(path)).toBe(resource));

const line = (index: number): string => `{"type":"MODIFIED","object":{"n":${index}}}\n`;

function opened(path = '/api/v1/services?watch=true') {
  const clock = createManualClock();
  const watches = createGatedWatches();
  const heard: string[] = [];
  let server: HttpReplyHandler | null = null;
  let cancelled = 0;
  const facts: CallFacts = {
    ...{ host: 'gateway-1', life: 1, server: 'api', method: 'GET', path, isWatch: true, isLease: false },
    clock,
  };
  const forward = watches.disturbance.wrap(facts, (_request, handler) => {
    server = handler;
    return { cancel: () => cancelled++ };
  });
  forward(
    { method: 'GET', path, headers: {}, body: null },
    {
      onHead: (status) => void heard.push(`head ${status}`),
      onData: (bytes) => void heard.push(bytes.toString()),
      onEnd: (error) => void heard.push(`end ${error}`),
    },
  );
  server!.onHead(200, {});
  return { clock, watches, heard, server: server! as HttpReplyHandler, cancelled: () => cancelled };
}

const ends: readonly (readonly [WatchEnd, readonly RegExp[]])[] = [
  ['close', [/^end null$/]],
  ['cut', [/^end ECONNRESET$/]],
  ['torn', [/^\{[^\n]*$/, /^end ECONNRESET$/]],
  ['gone', [/^\{"type":"ERROR".*"code":410.*\}\n$/, /^end null$/]],
  ['silent', []],
];
describe('ends', () => {
  test.each(ends)('%s', (how, wanted) => {
    const { watches, heard, server, cancelled } = opened();
    server.onData(Buffer.from(line(1)));
    expect(watches.end(how, 'secrets')).toBe(0);
    expect(watches.end(how, '')).toBe(1);
    // What comes after is heard by nobody, and the server is told that nobody listens.
    server.onData(Buffer.from(line(2)));
    server.onEnd(null);
    const [head, first, ...rest] = heard;
    expect([head, first]).toEqual(['head 200', line(1)]);
    expect(rest).toHaveLength(wanted.length);
    for (const [index, pattern] of wanted.entries()) expect(rest[index]).toMatch(pattern);
    expect(cancelled()).toBe(1);
    expect(watches.end(how, '')).toBe(0);
  });
});

test('late lines come in their order, none is lost, and none is late any more when the delay is over', () => {
  const steps = fc.array(fc.oneof(fc.constant('line' as const), fc.constant('wait' as const)), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(steps, steps, fc.boolean(), (before, during, endsByServer) => {
      const { clock, watches, heard, server } = opened();
      let count = 0;
      const play = (all: readonly ('line' | 'wait')[]): void => {
        for (const step of all)
          if (step === 'line') server.onData(Buffer.from(line(++count)));
          else clock.advance(40);
      };
      play(before);
      expect(heard).toHaveLength(1 + count);
      const sooner = count;
      const end = watches.delay('services', 100);
      watches.delay('secrets', 5_000);
      play(during);
      if (during.length < 3) expect(heard).toHaveLength(1 + sooner);
      if (endsByServer) server.onEnd(null);
      else end();
      const lines = Array.from({ length: count }, (_, index) => line(index + 1));
      expect(heard).toEqual(['head 200', ...lines, ...(endsByServer ? ['end null'] : [])]);
    }),
  );
});
