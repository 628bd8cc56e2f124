// Who may still change the config: a leader of an older epoch, or a snapshot that saw less, is refused.

export interface ApplyMeta {
  /** Leader epoch, or null: not told. */
  readonly epoch: number | null;
  /** What the snapshot had seen: a number, or JSON of {kind: resourceVersion}; null: not told. */
  readonly revision: string | null;
}

export const noMeta: ApplyMeta = { epoch: null, revision: null };

function parseRevision(text: string): ReadonlyMap<string, bigint> {
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

/** True when `candidate` saw strictly less: older in at least one kind and newer in none. */
export function isOlderRevision(candidate: string, current: string): boolean {
  if (candidate === current) return false;
  const mine = parseRevision(candidate);
  const theirs = parseRevision(current);
  let older = false;
  for (const [kind, version] of mine) {
    const other = theirs.get(kind);
    if (other === undefined || version > other) return false;
    if (version < other) older = true;
  }
  return older;
}

/** A sentence when `candidate` may not replace what `current` delivered, else null. */
export function staleReason(candidate: ApplyMeta, current: ApplyMeta): string | null {
  if (candidate.epoch !== null && current.epoch !== null) {
    if (candidate.epoch < current.epoch)
      return `leader epoch ${candidate.epoch} is older than ${current.epoch}, which configured this gateway last`;
    if (candidate.epoch > current.epoch) return null;
  }
  if (candidate.revision !== null && current.revision !== null) {
    if (isOlderRevision(candidate.revision, current.revision))
      return `revision ${candidate.revision} is older than ${current.revision}, which this gateway already has`;
  }
  return null;
}
