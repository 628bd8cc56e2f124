// The router's own table: means the same on every machine. A request and an expectation are a case, in each flavour that the
// case names.
import { expect, test } from 'vitest';
import { askedOfLine } from '../../../src/cli/match/asked-line.ts';
import { createOfflineRouter, type OfflineRouter } from '../../../src/cli/match/offline.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import type { RouterFlavor } from '../../../src/kong/router-flavor.ts';
import type { AskedRequest } from '../../../src/proxy/router/asked.ts';
import { attributeCases } from './cases/attributes.ts';
import { everyFlavor, type RouterCase } from './cases/case.ts';
import { expressionCases } from './cases/expressions.ts';
import { hostCases } from './cases/hosts.ts';
import { joinCases } from './cases/joins.ts';
import { pathCases } from './cases/paths.ts';

const cases: readonly RouterCase[] = [...hostCases, ...pathCases, ...attributeCases, ...expressionCases];

function routerOf(
  { routes, service }: Pick<RouterCase, 'routes' | 'service'>,
  flavor: RouterFlavor,
): OfflineRouter {
  const list = Object.entries(routes).map(([name, route]) => ({ name, ...route }));
  const document = { _format_version: '3.0', services: [{ name: 'backend', ...service, routes: list }] };
  const decoded = decodeDeclarative(document, flavor);
  if (!decoded.ok)
    throw new Error(JSON.stringify(decoded.error.map(({ field, message }) => [field, message])));
  return createOfflineRouter(decoded.value, flavor);
}

function requestOf(text: string): AskedRequest {
  const [first = '', ...lines] = text.split('\n');
  const [method = '', url = ''] = first.split(/ (.*)/s);
  const fields = lines.map((line): readonly [string, string] => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon), line.slice(colon + 2)];
  });
  const about = (name: string) => fields.find(([key]) => key === name)?.[1] ?? null;
  const headers = fields.filter(([key]) => key !== 'sni' && key !== 'client');
  const asked = askedOfLine({ method, url, headers, sni: about('sni'), clientIp: about('client') });
  if (!asked.ok) throw new Error(`${text}: ${asked.error}`);
  return asked.value;
}

const played = cases.flatMap((each) => each.flavors.map((flavor) => [each.title, flavor, each] as const));

test.each(played)('%s (%s)', (_title, flavor, each) => {
  const router = routerOf(each, flavor);
  for (const { request, expected } of each.asks) {
    const { losers, service: _service, ...found } = router.explain(requestOf(request));
    expect.soft({ request, ...found }).toMatchObject({ request, ...expected });
    // What is said of the others fits: whoever loses without a failure comes later.
    const unexplained = losers.filter(({ failed }) => failed === null).map(({ route }) => route);
    if (expected.route === null) expect.soft({ request, unexplained }).toEqual({ request, unexplained: [] });
  }
});

test.each(everyFlavor)('joined paths (%s)', (flavor) => {
  for (const { base, route, request, strips, v0, v1 } of joinCases) {
    for (const [handling, expected] of [
      ['v0', v0],
      ['v1', flavor === 'traditional' ? v1 : v0],
    ] as const) {
      const paths = route === null ? {} : { paths: [route] };
      const routes = { shop: { hosts: ['h'], ...paths, strip_path: strips, path_handling: handling } };
      const router = routerOf({ routes, service: { url: `http://backend${base}` } }, flavor);
      const { upstreamPath } = router.answer(requestOf(`GET http://h${request}`));
      const about = `${base} ${route} ${request} ${handling} ${strips ? 'strips' : 'keeps'}`;
      expect.soft(`${about}: ${upstreamPath}`).toBe(`${about}: ${expected}`);
    }
  }
});

test('there are enough of them', () => {
  const asks = cases.reduce((sum, each) => sum + each.asks.length, 0);
  expect(asks + joinCases.length * 2).toBeGreaterThanOrEqual(250);
  expect(asks).toBeGreaterThanOrEqual(250);
});
