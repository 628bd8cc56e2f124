// A route of attributes against the expressions that it translates to: both take the same requests, and as much of their paths.
import type { Route } from '../../src/kong/entity.ts';
import { readExpression } from '../../src/kong/expressions/check.ts';
import type { MatchInput, RouteMatch } from '../../src/proxy/compile/compiled.ts';
import { compileExpression } from '../../src/proxy/router/compile-expression.ts';
import { evaluateNaively } from '../../src/proxy/router/naive-expression.ts';
import { expressionsOf } from '../../src/proxy/router/route-expression.ts';
import { askedOf, decodedRoutes, requestsPerRun, tableOf } from './router.ts';
import { drawRequest, drawRoute, type RawRequest } from './router-world.ts';
import type { Draws, Input, Target } from './target.ts';

function make(draws: Draws): Input {
  const route = drawRoute(draws, 0);
  const requests = Array.from({ length: requestsPerRun }, () => drawRequest(draws, [route]));
  return [JSON.stringify(route), ...requests.map((request) => `>${JSON.stringify(request)}`)];
}

/** Length of what the best of the expressions that hold takes from the path; null: none holds. */
type Reading = (input: MatchInput, path: string) => number | null;

function readingsOf(route: Route): readonly [compiled: Reading, walked: Reading] {
  const ordered = [...expressionsOf(route)].sort((a, b) =>
    a.priority === b.priority ? (a.id > b.id ? -1 : 1) : a.priority > b.priority ? -1 : 1,
  );
  const trees = ordered.map(({ text }) => {
    const read = readExpression(text, 'http');
    if (!read.ok) throw new Error(`${text}: ${read.error}`);
    return { tree: read.value, test: compileExpression(read.value) };
  });
  return [
    (input, path) => {
      for (const { test } of trees) {
        const findings = { pathLength: -1, captures: null };
        if (test(input, path, findings)) return Math.max(0, findings.pathLength);
      }
      return null;
    },
    (input, path) => {
      for (const { tree } of trees) {
        const trail = { pathLength: -1 };
        if (evaluateNaively(tree, input, path, trail)) return Math.max(0, trail.pathLength);
      }
      return null;
    },
  ];
}

function judge(input: Input): string | null {
  const raw = input.filter((text) => text.startsWith('{')).map((text) => JSON.parse(text) as unknown);
  const [route] = decodedRoutes(raw.slice(0, 1), 'traditional_compatible');
  if (route === undefined) return null;
  const table = tableOf([route], 'traditional_compatible');
  const [compiled, walked] = readingsOf(route);
  for (const text of input.filter((part) => part.startsWith('>'))) {
    const { input: asked, path } = askedOf(JSON.parse(text.slice(1)) as RawRequest);
    const into: RouteMatch = { route: null, prefixLength: 0, captures: null };
    const attributes = table.match(asked, path, into) ? into.prefixLength : null;
    const found = [attributes, compiled(asked, path), walked(asked, path)];
    if (new Set(found).size > 1)
      return `${text}: by attributes ${found[0]}, by the compiled expression ${found[1]}, by the walk ${found[2]}`;
  }
  return null;
}

export const translationTarget: Target = {
  name: 'translation',
  isText: false,
  make,
  judge: async (input) => judge(input),
  close() {},
};
