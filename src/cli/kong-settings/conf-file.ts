// `kong.conf` as text: lines `name = value` with comments and quotes, read as Kong reads them.
import { fail, ok, type Result } from '../../base/result.ts';

const nameForm = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** From the first `#` without a backslash on it is a comment, in quotes too; `\#` is the character. */
function withoutComment(text: string): string {
  let kept = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '#' && text[at - 1] !== '\\') break;
    kept += character;
  }
  return kept.replaceAll('\\#', '#').trim();
}

function unquoted(text: string): string {
  const first = text[0];
  const isQuoted = text.length >= 2 && (first === '"' || first === "'") && text.endsWith(first);
  return isQuoted ? text.slice(1, -1) : text;
}

/** A backslash at the end of a line joins the next one to it. */
function joinedLines(text: string): readonly { readonly number: number; readonly text: string }[] {
  const joined: { number: number; text: string }[] = [];
  let open: { number: number; text: string } | null = null;
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const line: string = raw.trimEnd();
    const isComment = line.trimStart().startsWith('#');
    const goesOn = line.endsWith('\\') && !(open === null && isComment);
    const content: string = goesOn ? line.slice(0, -1) : line;
    if (open === null) {
      open = { number: index + 1, text: content };
      joined.push(open);
    } else open.text += content;
    if (!goesOn) open = null;
  }
  return joined;
}

/** Values by name, '' where the file gives an empty one; of a name that stands twice the last. The error names a line and no value. */
export function parseConfFile(text: string): Result<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  for (const { number, text: line } of joinedLines(text.replace(/^\ufeff/, ''))) {
    const content = line.trim();
    if (content === '' || content.startsWith('#') || content.startsWith(';')) continue;
    const equals = content.indexOf('=');
    const name = content.slice(0, Math.max(0, equals)).trim();
    if (!nameForm.test(name)) return fail(`line ${number}: not 'name = value'`);
    values.set(
      name.toLowerCase().replaceAll(/[.-]/g, '_'),
      unquoted(withoutComment(unquoted(content.slice(equals + 1).trim()))).trim(),
    );
  }
  return ok(values);
}
