// What in a route of the flavour `traditional` took a request: for explanations, and as Kong tells its plugins.
import type { Route, RouteAddress } from '../../../kong/entity.ts';
import type { CompiledRoute, MatchInput } from '../../compile/compiled.ts';
import { addressConditions, addressMatches } from '../addresses.ts';
import { lowerBytes, textOf } from '../byte-text.ts';
import { type TraditionalEntry, traditionalEntries } from './entry.ts';
import { type Asked, askedOf, entryMatches, wildcardMatches } from './rules.ts';

/** null or absent: no condition of that kind, or it did not matter. */
export interface Evidence {
  readonly host: string | null;
  readonly uri: string | null;
  readonly method: string | null;
  readonly sni: string | null;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly sourceAddress: string | null;
  readonly sourcePort: number | null;
  readonly destinationAddress: string | null;
  readonly destinationPort: number | null;
}

const nothing: Evidence = {
  host: null,
  uri: null,
  method: null,
  sni: null,
  headers: null,
  sourceAddress: null,
  sourcePort: null,
  destinationAddress: null,
  destinationPort: null,
};

function hostEvidence({ plainHosts, wildcardHosts }: TraditionalEntry, asked: Asked): string | null {
  if (plainHosts.has(asked.rawHost)) return asked.rawHost;
  if (plainHosts.has(asked.host)) return asked.host;
  return wildcardHosts.find((each) => wildcardMatches(each, asked.hostWithPort))?.value ?? null;
}

function headerEvidence({ headers }: TraditionalEntry, input: MatchInput): Evidence['headers'] {
  if (headers.length === 0) return null;
  const found = headers.map(({ name, values, pattern }) => {
    const sent = input.foldedHeaderValues(name).map(lowerBytes);
    const value = sent.find((each) => values.has(each) || pattern?.matcher(textOf(each)).find() === true);
    return [name, value ?? ''] as const;
  });
  return Object.fromEntries(found);
}

function addressEvidence(
  configured: readonly RouteAddress[] | null | undefined,
  address: string,
  port: number,
): RouteAddress {
  return configured?.find((each) => addressMatches(addressConditions([each]), address, port)) ?? {};
}

/** Of the route's first path that takes the request. */
export function evidenceOf(route: Route, input: MatchInput, path: string): Evidence {
  const asked = askedOf(input, path);
  const entries = traditionalEntries(route, { id: route.id } as CompiledRoute);
  const entry = entries.find((each) => entryMatches(each, asked));
  if (entry === undefined) return nothing;
  const source = addressEvidence(route.sources, input.clientAddress, input.clientPort);
  const destination = addressEvidence(route.destinations, input.serverAddress, input.hostPort);
  return {
    host: hostEvidence(entry, asked),
    uri: entry.uri?.value ?? null,
    method: entry.methods.size > 0 ? input.method : null,
    sni: entry.serverNames.size > 0 ? input.serverName : null,
    headers: headerEvidence(entry, input),
    sourceAddress: source.ip ?? null,
    sourcePort: source.port ?? null,
    destinationAddress: destination.ip ?? null,
    destinationPort: destination.port ?? null,
  };
}
