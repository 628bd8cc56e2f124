// Tables of routes and requests near them, in every flavour: the indexed table finds what a walk through all routes finds.
import { decodeDeclarative } from '../../src/kong/decode.ts';
import type { Route } from '../../src/kong/entity.ts';
import { isRouterFlavor, type RouterFlavor, routerFlavorDefault } from '../../src/kong/router-flavor.ts';
import type { CompiledRoute, RouteMatch } from '../../src/proxy/compile/compiled.ts';
import { type Asked, askedRequest } from '../../src/proxy/router/asked.ts';
import { createNaiveRouter } from '../../src/proxy/router/naive.ts';
import { normalisePath } from '../../src/proxy/router/normalise.ts';
import { createRoutesKeeper, type Routes } from '../../src/proxy/router/routes.ts';
import { drawWorld, type RawRequest } from './router-world.ts';
import type { Draws, Input, Target } from './target.ts';

/** Of one table. */
export const requestsPerRun = 16;

/** Parts are the flavour, a request ('>') or a route, so that each may be left out. */
function make(draws: Draws): Input {
  const { flavor, routes, requests } = drawWorld(draws, requestsPerRun);
  return [
    flavor,
    ...requests.map((request) => `>${JSON.stringify(request)}`),
    ...routes.map((route) => JSON.stringify(route)),
  ];
}

export function tableOf(routes: readonly Route[], flavor: RouterFlavor): Routes {
  const edit = createRoutesKeeper(flavor).edit();
  for (const route of routes) edit.set(route, { id: route.id } as CompiledRoute);
  const steps = edit.finish();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** What the schema refuses never gets to a router; one at a time, so that a bad one costs no other. */
export function decodedRoutes(raw: readonly unknown[], flavor: RouterFlavor): readonly Route[] {
  return raw.flatMap((route) => {
    const decoded = decodeDeclarative({ _format_version: '3.0', routes: [route] }, flavor);
    return decoded.ok ? [...decoded.value.entities.routes.values()] : [];
  });
}

export function askedOf(request: RawRequest): Asked {
  const target = request.target.startsWith('/') ? request.target : `/${request.target}`;
  return askedRequest({
    ...request,
    target,
    serverPort: request.isTls ? 8443 : 8000,
    clientPort: 40_000,
    serverAddress: '10.0.0.1',
  });
}

function judge(input: Input): string | null {
  const flavor = input.find(isRouterFlavor) ?? routerFlavorDefault;
  const requests = input
    .filter((text) => text.startsWith('>'))
    .map((text) => JSON.parse(text.slice(1)) as RawRequest);
  const raw = input.filter((text) => text.startsWith('{')).map((text) => JSON.parse(text) as unknown);
  const routes = decodedRoutes(raw, flavor);
  const table = tableOf(routes, flavor);
  const law = createNaiveRouter(routes, flavor);
  for (const request of requests) {
    const { input: asked, path } = askedOf(request);
    if (normalisePath(path) !== path && !path.includes('%'))
      return `the normal form of ${JSON.stringify(path)} is another`;
    const into: RouteMatch = { route: null, prefixLength: 0, captures: null };
    const found = table.match(asked, path, into)
      ? { routeId: into.route!.id, prefixLength: into.prefixLength }
      : null;
    const expected = law(asked, path);
    if (JSON.stringify(found) !== JSON.stringify(expected))
      return `${JSON.stringify(request)}: found ${JSON.stringify(found)}, by the walk ${JSON.stringify(expected)}`;
  }
  return null;
}

export const routerTarget: Target = {
  name: 'router',
  isText: false,
  make,
  judge: async (input) => judge(input),
  close() {},
};
