// How endpoints are packed into slices: keep what is there, fill what changes anyway, then top up one or open new ones.
import { sameJson } from '../json.ts';

export interface Endpoint {
  readonly addresses: readonly string[];
  readonly conditions: { readonly ready: boolean; readonly serving: boolean; readonly terminating: boolean };
  readonly nodeName?: string;
  readonly zone?: string;
  readonly hints?: { readonly forZones: readonly { readonly name: string }[] };
  readonly hostname?: string;
  readonly targetRef?: Readonly<Record<string, string>>;
}

/** What identifies an endpoint across changes of its conditions. */
export function endpointKey(endpoint: Endpoint): string {
  return `${endpoint.addresses.join(',')}|${endpoint.targetRef?.['uid'] ?? ''}`;
}

export interface PackedSlice {
  /** Position in the given list of existing slices, or null for a new one. */
  readonly existing: number | null;
  readonly endpoints: readonly Endpoint[];
  readonly changed: boolean;
}

interface Draft {
  readonly existing: number | null;
  readonly endpoints: Endpoint[];
  changed: boolean;
}

/**
 * Existing slices of one port map, and the endpoints they should hold between them. Never re-balances; an endpoint in
 * two slices is kept in the first. `wanted` is put into new places in the order given.
 */
export function packEndpoints(
  existing: readonly (readonly Endpoint[])[],
  wanted: readonly Endpoint[],
  endpointsMax: number,
): readonly PackedSlice[] {
  const left = new Map(wanted.map((endpoint) => [endpointKey(endpoint), endpoint]));
  const drafts: Draft[] = existing.map((slice, index) => keepWanted(slice, index, left));
  const changing = drafts
    .filter((draft) => draft.changed && draft.endpoints.length > 0)
    .sort((a, b) => b.endpoints.length - a.endpoints.length);
  for (const draft of changing) fill(draft, left, endpointsMax);
  while (left.size > 0) {
    const draft = fullestWithRoom(drafts, left.size, endpointsMax) ?? newDraft(drafts);
    draft.changed = true;
    fill(draft, left, endpointsMax);
  }
  return drafts;
}

function keepWanted(slice: readonly Endpoint[], index: number, left: Map<string, Endpoint>): Draft {
  const draft: Draft = { existing: index, endpoints: [], changed: false };
  for (const endpoint of slice) {
    const key = endpointKey(endpoint);
    const wanted = left.get(key);
    if (wanted === undefined) {
      draft.changed = true;
      continue;
    }
    left.delete(key);
    // The very value that is there, where nothing changed: what is shared costs nothing to write.
    const isSame = sameJson(wanted, endpoint);
    draft.endpoints.push(isSame ? endpoint : wanted);
    if (!isSame) draft.changed = true;
  }
  return draft;
}

function fill(draft: Draft, left: Map<string, Endpoint>, endpointsMax: number): void {
  for (const [key, endpoint] of left) {
    if (draft.endpoints.length >= endpointsMax) return;
    draft.endpoints.push(endpoint);
    left.delete(key);
  }
}

/** The fullest untouched slice that takes all of the rest: one update instead of several. */
function fullestWithRoom(drafts: readonly Draft[], count: number, endpointsMax: number): Draft | null {
  let best: Draft | null = null;
  for (const draft of drafts) {
    if (draft.changed || draft.existing === null) continue;
    if (draft.endpoints.length + count > endpointsMax) continue;
    if (best === null || draft.endpoints.length > best.endpoints.length) best = draft;
  }
  return best;
}

function newDraft(drafts: Draft[]): Draft {
  const emptied = drafts.find((draft) => draft.changed && draft.endpoints.length === 0);
  if (emptied !== undefined) return emptied;
  const draft: Draft = { existing: null, endpoints: [], changed: true };
  drafts.push(draft);
  return draft;
}
