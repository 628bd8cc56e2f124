// Versions of a group as clients should prefer them: v2, v1, v1beta2, v1beta1, v1alpha1, then anything else by name.
import { compareStrings } from '../../../src/base/order.ts';

const stages = ['alpha', 'beta', ''];

function rankOf(version: string): readonly number[] {
  const match = /^v(\d{1,9})(?:(alpha|beta)(\d{1,9}))?$/.exec(version);
  if (match === null) return [-1, 0, 0];
  return [stages.indexOf(match[2] ?? ''), Number(match[1]), Number(match[3] ?? 0)];
}

/** Negative: `a` comes first. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [rankOf(a), rankOf(b)];
  for (const [index, rank] of x.entries()) if (rank !== y[index]) return y[index]! - rank;
  return compareStrings(a, b);
}
