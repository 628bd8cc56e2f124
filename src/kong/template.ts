// Value templates of request-transformer: `$(headers['x-user'])`, `$(query_params.id)`, `$(uri_captures[1])`. Kong runs
// Lua here; we read a table lookup and nothing else, and refuse the rest with a sentence that says so.
import { fail, ok, type Result } from '../base/result.ts';

export type TemplateSource = 'headers' | 'query_params' | 'uri_captures';

/** Literal text, or a lookup. */
export type TemplatePart = string | { readonly source: TemplateSource; readonly key: string };

export type Template = readonly TemplatePart[];

const lookup =
  /^\s*(headers|query_params|uri_captures)\s*(?:\.([A-Za-z_][A-Za-z0-9_]*)|\[\s*(?:(\d+)|'([^'\\]*)'|"([^"\\]*)")\s*\])\s*$/;

function parseLookup(expression: string): Result<TemplatePart> {
  const match = lookup.exec(expression);
  if (match === null) {
    return fail(
      `template expression '$(${expression})' is not supported: write $(headers.name), $(headers['name']), ` +
        '$(query_params.name), $(uri_captures.name) or $(uri_captures[1]); Lua expressions cannot run here',
    );
  }
  const source = match[1] as TemplateSource;
  const key = match[2] ?? match[3] ?? match[4] ?? match[5] ?? '';
  if (match[3] !== undefined && source !== 'uri_captures')
    return fail(`template expression '$(${expression})': only uri_captures can be read by number`);
  // Lua names cannot hold '-', so Kong lets headers be written with '_'.
  const name = source === 'headers' ? key.toLowerCase() : key;
  return ok({
    source,
    key: match[2] !== undefined && source === 'headers' ? name.replaceAll('_', '-') : name,
  });
}

/** `text` without any `$(` is one literal part. */
export function parseTemplate(text: string): Result<Template> {
  const parts: TemplatePart[] = [];
  let position = 0;
  while (position < text.length) {
    const start = text.indexOf('$(', position);
    if (start < 0) break;
    const end = text.indexOf(')', start + 2);
    if (end < 0) return fail(`template '${text}': '$(' at position ${start + 1} is never closed with ')'`);
    if (start > position) parts.push(text.slice(position, start));
    const part = parseLookup(text.slice(start + 2, end));
    if (!part.ok) return part;
    parts.push(part.value);
    position = end + 1;
  }
  if (position < text.length || parts.length === 0) parts.push(text.slice(position));
  return ok(parts);
}
