// JSON merge patch (RFC 7386): objects merge member by member, null removes, everything else replaces.
import { isRecord, ownMember, setMember } from '../json.ts';

export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [member, value] of Object.entries(patch)) {
    if (value === null) delete result[member];
    else if (value !== undefined) setMember(result, member, mergePatch(ownMember(result, member), value));
  }
  return result;
}
