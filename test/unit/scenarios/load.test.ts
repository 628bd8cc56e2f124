// Where the requests of a scenario's clients go.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseScenario } from '../../../scenarios/language/parse.ts';
import type { Driver } from '../../../scenarios/runner/driver.ts';
import { createBalancer, createLoad } from '../../../scenarios/runner/load.ts';

/** [proxy, path, client] of the first requests of clients that send so many different ones. */
function sentBy(paths: number, proxies: number, connections: number, count: number) {
  const lines = Array.from({ length: paths }, (_, path) => `GET http://shop.example/${path}`);
  const { cases } = parseScenario(
    'a.yaml',
    `scenario: a\npromise: b\nworld: { use: [shop] }\nclients:\n  visitors: { send: [${lines.join(', ')}], rate: 10/s, connections: ${connections} }\nsteps:\n  - wait: 1s\n`,
  );
  const { key, value } = cases[0]!.spec.clients[0]!;
  const sent: (readonly [proxy: number, path: string, client: string])[] = [];
  let due: (() => void) | null = null;
  const driver = {
    nowMs: () => 0,
    isProxyReady: () => true,
    after(_ms: number, run: () => void) {
      due = run;
    },
    send: ({ gateway, name }, { path }) => void sent.push([gateway, path, name]),
  } as Partial<Driver> as Driver;
  const load = createLoad(driver, createBalancer(driver, proxies), key.value, value, proxies, 1);
  load.start();
  while (sent.length < count) (due as unknown as () => void)();
  return sent;
}

test('every request goes to every proxy as often, over all connections', () => {
  const some = fc.integer({ min: 1, max: 4 });
  fc.assert(
    fc.property(some, some, some, (paths, proxies, connections) => {
      const perProxy = Math.ceil(connections / proxies);
      const sent = sentBy(paths, proxies, connections, paths * proxies * perProxy * 2);
      const share = (of: (one: (typeof sent)[number]) => string): readonly number[] =>
        [...Map.groupBy(sent, of).values()].map(({ length }) => length);
      expect(share(([proxy, path]) => `${proxy} ${path}`)).toEqual(Array(paths * proxies).fill(perProxy * 2));
      expect(new Set(sent.map(([, , client]) => client)).size).toBe(perProxy * proxies);
    }),
  );
});
