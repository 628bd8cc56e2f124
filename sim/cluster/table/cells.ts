// Pieces of table cells: ages, lists, selectors.
import { arrayOf, at, recordOf } from '../json.ts';
import type { StoredObject } from '../store-api.ts';
import { parseTimeMs } from '../timestamp.ts';

/** As kubectl writes durations: two units at most, the coarser the older. */
export function humanDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (days < 8) return hours % 24 === 0 ? `${days}d` : `${days}d${hours % 24}h`;
  if (days < 730) return `${days}d`;
  const years = Math.floor(days / 365);
  return years < 8 && days % 365 !== 0 ? `${years}y${days % 365}d` : `${years}y`;
}

export function since(text: string, nowMs: number, untilText = ''): string {
  const startMs = parseTimeMs(text);
  const endMs = untilText === '' ? nowMs : parseTimeMs(untilText);
  return startMs === null || endMs === null ? '<unknown>' : humanDuration(endMs - startMs);
}

export function age(object: StoredObject, nowMs: number): string {
  return since(object.metadata.creationTimestamp ?? '', nowMs);
}

export function joined(list: readonly string[]): string {
  return list.join(',');
}

/** metav1.LabelSelector as kubectl shows it; '<none>' when empty. */
export function selectorText(selector: unknown): string {
  const parts = Object.entries(recordOf(at(selector, 'matchLabels'))).map(
    ([key, value]) => `${key}=${value}`,
  );
  for (const item of arrayOf(at(selector, 'matchExpressions'))) {
    const { key, operator, values } = recordOf(item);
    if (operator === 'Exists') parts.push(String(key));
    else if (operator === 'DoesNotExist') parts.push(`!${key}`);
    else parts.push(`${key} ${String(operator).toLowerCase()} (${arrayOf(values).join(',')})`);
  }
  return parts.length === 0 ? '<none>' : parts.sort().join(',');
}
