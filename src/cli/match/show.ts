// Answers of `tidegate match` for people.
import type { Explained, Loser } from './offline.ts';

const losersShown = 20;

function loserLine({ route, failed }: Loser): string {
  if (failed === null) return `  ${route}: would match too, but comes later`;
  const got = failed.got === null || failed.got === '' ? 'none' : JSON.stringify(failed.got);
  return failed.wanted === null
    ? `  ${route}: ${failed.predicate} does not hold; the request has ${got}`
    : `  ${route}: ${failed.predicate} ${JSON.stringify(failed.wanted)}; the request has ${got}`;
}

export function formatExplained({
  route,
  service,
  upstreamPath,
  upstreamHost,
  captures,
  losers,
}: Explained): string {
  const lines = [
    route === null ? 'no route matches' : `route          ${route}`,
    ...(route === null ? [] : [`service        ${service ?? 'none: answered with 503'}`]),
    ...(upstreamPath === null ? [] : [`upstream path  ${upstreamPath}`, `upstream host  ${upstreamHost}`]),
    ...(captures === null ? [] : [`captures       ${JSON.stringify(captures)}`]),
  ];
  if (losers.length > 0) lines.push('', 'the others, by the first condition that fails:');
  lines.push(...losers.slice(0, losersShown).map(loserLine));
  if (losers.length > losersShown) lines.push(`  and ${losers.length - losersShown} more (--json shows all)`);
  return `${lines.join('\n')}\n`;
}
