// The law of the flavour `traditional`: the same search without any index. Every list is found by looking at all entries, and
// wildcards are the regular expressions that Kong makes of them.
import type { Route } from '../../../kong/entity.ts';
import type { CompiledRoute, MatchInput } from '../../compile/compiled.ts';
import { splitPort } from '../split-port.ts';
import { compareEntries, kinds, type TraditionalEntry, traditionalEntries } from './entry.ts';

const decode = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

function wildcardRegex(host: string): RegExp {
  const text = host.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace('*', '.+');
  return new RegExp(splitPort(host, null).hasPort ? `^${text}$` : `^${text}(?::\\d+)?$`, 's');
}

interface View {
  readonly input: MatchInput;
  readonly path: string;
  readonly raw: string;
  readonly host: string;
  readonly withPort: string;
}

function uriLength({ uri }: TraditionalEntry, path: string): number {
  if (uri === null) return 0;
  if (uri.regex === null) return path.startsWith(uri.value) ? uri.value.length : -1;
  const matcher = uri.regex.matcher(decode(path));
  return matcher.lookingAt() ? Buffer.byteLength(matcher.group(0) ?? '') : -1;
}

function takes(entry: TraditionalEntry, route: Route, { input, path, raw, host, withPort }: View): boolean {
  const hosts = (route.hosts ?? []).map((each) => each.toLowerCase());
  const hostFits = hosts.some((each) =>
    each.includes('*') ? wildcardRegex(each).test(withPort) : each === raw || each === host,
  );
  if (hosts.length > 0 && !hostFits) return false;
  const headersFit = entry.headers.every(({ name, values, pattern }) =>
    input.foldedHeaderValues(name).some((sent) => {
      const value = decode(sent).toLowerCase();
      const bytes = Buffer.from(value, 'utf8').toString('latin1');
      return values.has(bytes) || pattern?.matcher(value).find() === true;
    }),
  );
  if (!headersFit || uriLength(entry, path) < 0) return false;
  if (route.methods?.length && !route.methods.includes(input.method)) return false;
  const names = (route.snis ?? []).map((name) => name.toLowerCase().replace(/(?<=.)\.$/, ''));
  return names.length === 0 || input.scheme === 'http' || names.includes(input.serverName);
}

/** Of HTTP: streams have no law of their own. */
export function matchTraditionalNaively(
  routes: readonly Route[],
  input: MatchInput,
  path: string,
): { readonly routeId: string; readonly prefixLength: number } | null {
  const byId = new Map(routes.map((route) => [route.id, route]));
  const entries = [...byId.values()]
    .flatMap((route) => traditionalEntries(route, { id: route.id } as CompiledRoute))
    .sort(compareEntries);
  const raw = input.rawHost.toLowerCase();
  const { host, withPort } = splitPort(raw, input.scheme === 'https' ? 443 : 80);
  const view: View = { input, path, raw, host, withPort };
  const plain = entries.some(({ plainHosts }) => plainHosts.has(withPort) || plainHosts.has(host));
  const wildcard = entries
    .flatMap(({ wildcardHosts }) => wildcardHosts.map(({ value }) => value))
    .find((value) => wildcardRegex(value).test(withPort));
  const hostHit = raw === '' ? null : plain ? raw : (wildcard ?? null);
  const headerHit =
    entries
      .flatMap(({ headers }) => headers.map(({ name }) => name))
      .find((name) => input.foldedHeaderValues(name).length > 0) ?? null;
  const regexHit = entries.find((entry) => entry.uri?.regex && uriLength(entry, path) >= 0);
  const prefixHit = entries
    .filter((entry) => entry.uri?.regex === null && uriLength(entry, path) >= 0)
    .sort((a, b) => b.uri!.value.length - a.uri!.value.length)[0];
  const uriHit = (regexHit ?? prefixHit)?.uri?.value ?? null;
  const mask =
    (hostHit === null ? 0 : kinds.host) |
    (headerHit === null ? 0 : kinds.header) |
    (uriHit === null ? 0 : kinds.uri) |
    (entries.some(({ methods }) => methods.has(input.method)) ? kinds.method : 0) |
    (entries.some(({ serverNames }) => serverNames.has(input.serverName)) ? kinds.sni : 0);
  if (mask === 0) return null;
  const categories = [...new Map(entries.map((entry) => [entry.category, entry])).values()].sort(
    (a, b) => b.weight - a.weight || b.category - a.category,
  );
  const start = Math.max(
    0,
    categories.findIndex(({ category }) => category === mask),
  );
  for (const { category } of categories.slice(start)) {
    const all = entries.filter((entry) => entry.category === category);
    const lists = [
      all.filter((entry) =>
        [...entry.plainHosts, ...entry.wildcardHosts.map((each) => each.value)].includes(hostHit ?? raw),
      ),
      all.filter((entry) => entry.uri !== null && entry.uri.value === uriHit),
      all.filter((entry) => entry.methods.has(input.method)),
      all.filter((entry) => entry.serverNames.has(input.serverName)),
    ].filter((list) => list.length > 0);
    const byHeader = all.filter((entry) => entry.headers.some(({ name }) => name === headerHit));
    const shortest = Math.min(...lists.map((list) => list.length));
    const narrow = byHeader.length > 0 ? byHeader : (lists.find((list) => list.length === shortest) ?? []);
    for (const entry of [...narrow, ...all])
      if (takes(entry, byId.get(entry.id)!, view))
        return { routeId: entry.id, prefixLength: uriLength(entry, path) };
  }
  return null;
}
