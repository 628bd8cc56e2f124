// Query strings and URL-encoded forms as ordered lists: what plugins need to read an argument or rewrite a few of them
// without disturbing the rest.

export interface QueryArgument {
  readonly name: string;
  /** null: written without '='. */
  readonly value: string | null;
  /** As sent, null once changed. */
  readonly raw: string | null;
}

/** More arguments than this are ignored, as Kong does. */
const argumentsMax = 1000;

function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    // Not UTF-8 or a stray '%': decode what can be decoded, byte by byte.
    return spaced.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
}

function encodeQueryPart(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

export function parseQuery(query: string): QueryArgument[] {
  const list: QueryArgument[] = [];
  if (query === '') return list;
  for (const raw of query.split('&', argumentsMax)) {
    if (raw === '') continue;
    const equals = raw.indexOf('=');
    if (equals < 0) list.push({ name: decode(raw), value: null, raw });
    else list.push({ name: decode(raw.slice(0, equals)), value: decode(raw.slice(equals + 1)), raw });
  }
  return list;
}

/** Untouched arguments keep the bytes they came with. */
export function formatQuery(list: readonly QueryArgument[]): string {
  let text = '';
  for (const { name, value, raw } of list) {
    if (text !== '') text += '&';
    if (raw !== null) text += raw;
    else
      text += value === null ? encodeQueryPart(name) : `${encodeQueryPart(name)}=${encodeQueryPart(value)}`;
  }
  return text;
}

export function withoutArgument(query: string, name: string): string {
  return formatQuery(parseQuery(query).filter((argument) => argument.name !== name));
}
