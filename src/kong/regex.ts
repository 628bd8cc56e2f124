// Regular expressions in the dialect of Kong's router (Rust's regex crate), run in linear time whatever the client sends.
// Linear in the text, times the size of the expression: so the size is bounded too, before anything is built of it.
import { RE2JS } from 're2js';

const patternLengthMax = 8_192;
/**
 * Steps of the compiled program. Kong bounds it as well (Rust: 10 MiB). An expression of this size takes some hundred KiB, and
 * for the longest path there can be some tens of milliseconds, a few hundred at worst.
 */
export const programSizeMax = 2_000;

/** Rust's regex takes `(?<name>` and `(?P<name>`; so does re2js. Look-around and back-references exist in neither. */
export function compileRegex(pattern: string): RE2JS {
  return RE2JS.compile(pattern);
}

/** The end of a class that begins at `start`. */
function classEnd(pattern: string, start: number): number {
  let at = start + 1;
  if (pattern[at] === '^') at++;
  // A bracket at the very beginning is a member.
  if (pattern[at] === ']') at++;
  for (; at < pattern.length && pattern[at] !== ']'; at++) {
    if (pattern[at] === '\\') at++;
    else if (pattern.startsWith('[:', at)) at = Math.max(at, pattern.indexOf(':]', at) + 1);
  }
  return at;
}

/** The end of an escape that begins at `start`, with its braces: `\d`, `\p{Greek}`, `\x{2028}`; of a quotation, `\Q...\E`. */
function escapeEnd(pattern: string, start: number): number {
  if (pattern[start + 1] === 'Q') {
    const end = pattern.indexOf('\\E', start + 2);
    return end < 0 ? pattern.length : end + 1;
  }
  const braces = /^\\[pPx]\{[^}]*\}/.exec(pattern.slice(start, start + 80));
  return start + (braces === null ? 2 : braces[0].length) - 1;
}

/** About how many steps the program would have: never much less than it has. Repetitions multiply. */
function estimateSize(pattern: string): number {
  /** Of each open group: what stands in it so far. */
  const outer: number[] = [];
  let sum = 0;
  /** The last thing, which a repetition would repeat. */
  let atom = 0;
  const repeat = /\{(\d{1,6})(?:,(\d{0,6}))?\}/y;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!;
    if (character === '(') {
      outer.push(sum);
      sum = 0;
      atom = 0;
      continue;
    }
    if (character === ')') {
      atom = sum + 1;
      sum = (outer.pop() ?? 0) + atom;
      continue;
    }
    repeat.lastIndex = at;
    const times = character === '{' ? repeat.exec(pattern) : null;
    if (times !== null) {
      const count = Math.max(Number(times[1]), Number(times[2] ?? 0));
      sum += atom * (count - 1);
      atom *= count;
      at += times[0].length - 1;
    } else {
      if (character === '\\') at = escapeEnd(pattern, at);
      else if (character === '[') at = classEnd(pattern, at);
      atom = 1;
      sum++;
    }
    if (sum > programSizeMax * 2) break;
  }
  return sum + outer.reduce((total, part) => total + part, 0);
}

/** null, or why the pattern cannot be used. */
export function checkRegex(pattern: string): string | null {
  if (pattern.length > patternLengthMax) return `longer than ${patternLengthMax} characters`;
  const tooLarge = `too large: more than ${programSizeMax} steps, counting each repetition`;
  if (estimateSize(pattern) > programSizeMax * 2) return tooLarge;
  try {
    return compileRegex(pattern).programSize() > programSizeMax ? tooLarge : null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
