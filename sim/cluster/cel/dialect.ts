// Where the library reads the language in its own way, expressions are rewritten before it sees them. `matches` runs on the
// engine that is linear in time, whatever the pattern. `has` is asked of any operand (`has(self[0].x)`), not only of names.

export const linearMatches = 'matchesInLinearTime';

/** A string in any of the forms of the language, a call of `matches` or `has`, a parenthesis. */
const tokens =
  /[rRbB]{0,2}(?:"""[\s\S]*?(?<!\\)"""|'''[\s\S]*?(?<!\\)'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?:\.\s*|(?<![\w.]))matches\s*\(|(?<![\w.])has\s*\(|[()]/g;

interface Call {
  readonly isHas: boolean;
  /** Where its argument starts in what has been written. */
  readonly from: number;
}

/** '"x" in (self[0])' says the same of a map; null: the library can do it. */
function presence(argument: string): string | null {
  const match = /^([\s\S]*[[(][\s\S]*)\.\s*(\w+)\s*$/.exec(argument);
  return match === null ? null : `("${match[2]}" in (${match[1]}))`;
}

export function inLibraryDialect(expression: string): string {
  let written = '';
  let read = 0;
  const calls: Call[] = [];
  for (const { 0: token, index } of expression.matchAll(tokens)) {
    written += expression.slice(read, index);
    read = index + token.length;
    if (token === ')') {
      const call = calls.pop();
      const inner = call?.isHas === true ? presence(written.slice(call.from)) : null;
      if (call !== undefined && inner !== null)
        written = written.slice(0, call.from).replace(/has\s*\($/, '') + inner;
      else written += token;
      continue;
    }
    if (token.startsWith('.')) written += `.${linearMatches}(`;
    else written += token.startsWith('matches') ? `${linearMatches}(` : token;
    if (token.endsWith('(')) calls.push({ isHas: token.startsWith('has'), from: written.length });
  }
  return written + expression.slice(read);
}
