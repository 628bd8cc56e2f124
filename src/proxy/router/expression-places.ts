// Where in a table an expression has to be looked for: hosts and beginnings of paths without which it cannot hold. Never too
// few places; where there would be too many, a wider one.
import type { Expression, Predicate } from '../../kong/expressions/expression.ts';
import { bytesOf } from './byte-text.ts';
import { regexLiteral } from './regex-literal.ts';
import type { NamePattern } from './table.ts';

export interface Place {
  /** null: any host. */
  readonly host: NamePattern | null;
  /** What the path starts with; '' for any. */
  readonly literal: string;
}

const anywhere: Place = { host: null, literal: '' };
/** More cost more memory than they save time. */
const placesMax = 64;

function hostPlace(operator: string, text: string): Place {
  const name = text.toLowerCase();
  const port = 0;
  if (operator === '==') return { host: { kind: 'exact', text: name, port }, literal: '' };
  // Tables know wildcards by whole labels only.
  if (operator === '=^' && name.startsWith('.'))
    return { host: { kind: 'suffix', text: name, port }, literal: '' };
  if (operator === '^=' && name.endsWith('.'))
    return { host: { kind: 'prefix', text: name, port }, literal: '' };
  return anywhere;
}

function predicatePlace({ field, isLower, operator, literal }: Predicate): Place {
  if (literal.type === 'String') {
    const text = bytesOf(literal.text);
    if (field === 'http.host') return hostPlace(operator, text);
    if (field === 'http.path' && !isLower && (operator === '==' || operator === '^='))
      return { host: null, literal: text };
  }
  if (literal.type === 'Regex' && field === 'http.path' && !isLower && literal.pattern.startsWith('^')) {
    const start = regexLiteral(literal.pattern.slice(1)).literal;
    return { host: null, literal: bytesOf(start.replace(/[\ud800-\udbff]$/, '')) };
  }
  return anywhere;
}

function isSame(a: Place, b: Place): boolean {
  return (
    a.literal === b.literal &&
    (a.host === b.host ||
      (a.host !== null && b.host !== null && a.host.kind === b.host.kind && a.host.text === b.host.text))
  );
}

function distinct(places: readonly Place[]): readonly Place[] {
  return places.filter((place, i) => places.findIndex((other) => isSame(place, other)) === i);
}

/** Both have to be where they are: the narrower of each. */
function both(left: readonly Place[], right: readonly Place[]): readonly Place[] {
  if (left.length * right.length > placesMax) return left.length <= right.length ? left : right;
  const places: Place[] = [];
  for (const a of left)
    for (const b of right)
      places.push({
        host: a.host ?? b.host,
        literal: a.literal.length >= b.literal.length ? a.literal : b.literal,
      });
  return distinct(places);
}

export function placesOf(expression: Expression): readonly Place[] {
  if (expression.kind === 'predicate') return [predicatePlace(expression)];
  if (expression.kind === 'not') return [anywhere];
  const left = placesOf(expression.left);
  const right = placesOf(expression.right);
  if (expression.kind === 'and') return both(left, right);
  const either = distinct([...left, ...right]);
  if (either.length > placesMax || either.some((place) => place.host === null && place.literal === ''))
    return [anywhere];
  return either;
}
