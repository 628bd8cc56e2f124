// What every text that a regular expression matches begins with: where in a table the expression is looked for.

/** What every match of the pattern starts with. */
export function regexLiteral(pattern: string): { readonly literal: string; readonly isWhole: boolean } {
  let literal = '';
  let depth = 0;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!;
    if (char === '\\') i++;
    else if (char === '[') return { literal: hasBar(pattern) ? '' : prefixOf(pattern), isWhole: false };
    else if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (char === '|' && depth === 0) return { literal: '', isWhole: false };
  }
  literal = prefixOf(pattern);
  return { literal, isWhole: isPlainWithEnd(pattern) };
}

function hasBar(pattern: string): boolean {
  return pattern.includes('|');
}

/** Plain characters and escaped punctuation up to the first operator. */
function prefixOf(pattern: string): string {
  let literal = '';
  let last = '';
  for (let i = 0; i < pattern.length; i++) {
    let char = pattern[i]!;
    if (char === '\\') {
      const next = pattern[++i] ?? '';
      if (!/[!-/:-@[-`{-~]/.test(next)) break;
      char = next;
    } else if ('*?{'.includes(char)) {
      return literal;
    } else if ('.+[]()^$|}'.includes(char)) break;
    literal += last;
    last = char;
  }
  return literal + last;
}

/** '/plain/path$': can be compared without running anything. */
function isPlainWithEnd(pattern: string): boolean {
  return pattern.endsWith('$') && /^(?:[A-Za-z0-9/_~\-%:@!&',;=]|\\[.\-+$()*[\]{}|?^/])*\$$/.test(pattern);
}
