// Who may still change the config: a leader of an older epoch is refused, and so is a view of the cluster that has not seen
// every change that the current config was made from, also that of a new leader.

/** Kind (or '' for all of them) to resourceVersion. */
export type Revision = ReadonlyMap<string, bigint>;

export interface ApplyMeta {
  /** Leader epoch, or null: not told. */
  readonly epoch: number | null;
  /** Up to where the sender had seen each kind: a number, or JSON of {kind: resourceVersion}; null: not told. */
  readonly revision: string | null;
  /** The last change of each kind that the sender had seen; null: not told, then each may have changed up to `revision`. */
  readonly changes: string | null;
  /** The cluster itself may have gone back in time (a restored backup): what the config had seen before does not count. */
  readonly isReset: boolean;
}

export const noMeta: ApplyMeta = { epoch: null, revision: null, changes: null, isReset: false };

function parseRevision(text: string): Revision {
  const parts = new Map<string, bigint>();
  const add = (kind: string, version: unknown): void => {
    const digits = String(version);
    if (/^\d{1,40}$/.test(digits)) parts.set(kind, BigInt(digits));
  };
  if (/^\d+$/.test(text)) add('', text);
  else {
    try {
      const value: unknown = JSON.parse(text);
      if (value !== null && typeof value === 'object')
        for (const [kind, version] of Object.entries(value)) add(kind, version);
    } catch {
      // Unreadable revisions order nothing.
      return parts;
    }
  }
  return parts;
}

/** What a config was made from: who sent it, and the last change of each kind in it. */
export interface Provenance {
  readonly epoch: number | null;
  readonly revision: string | null;
  readonly changes: Revision;
}

export const noProvenance: Provenance = { epoch: null, revision: null, changes: new Map() };

/** A kind of which `seen` lacks a change; null: of none. What nobody serves any more is not spoken of, and not missed. */
function missedKind(seen: Revision, changes: Revision): string | null {
  for (const [kind, version] of seen) if (version < (changes.get(kind) ?? 0n)) return kind;
  return null;
}

/** A sentence when `candidate` may not replace what `current` delivered, else null. */
export function staleReason(candidate: ApplyMeta, current: Provenance): string | null {
  if (candidate.epoch !== null && current.epoch !== null && candidate.epoch < current.epoch)
    return `leader epoch ${candidate.epoch} is older than ${current.epoch}, which configured this gateway last`;
  if (candidate.isReset || candidate.revision === null) return null;
  const seen = parseRevision(candidate.revision);
  const kind = missedKind(seen, current.changes);
  if (kind === null) return null;
  const of = kind === '' ? '' : ` of ${kind}`;
  return `revision ${seen.get(kind)}${of} is older than ${current.changes.get(kind)}, which this gateway already has`;
}

/** After `candidate` was taken. */
export function provenanceOf(candidate: ApplyMeta, current: Provenance): Provenance {
  const epoch = candidate.epoch ?? current.epoch;
  const { revision } = candidate;
  if (revision === null) return { ...current, epoch };
  const seen = parseRevision(revision);
  const changes = new Map(candidate.isReset ? [] : current.changes);
  // Nobody serves it any more: nothing is left of what it was.
  for (const kind of changes.keys()) if (!seen.has(kind)) changes.delete(kind);
  for (const [kind, version] of parseRevision(candidate.changes ?? revision))
    if (version > (changes.get(kind) ?? 0n)) changes.set(kind, version);
  return { epoch, revision, changes };
}
