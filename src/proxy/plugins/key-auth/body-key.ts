// A key inside a request body: URL-encoded forms and JSON objects; other bodies have no fields.
import { formatQuery, parseQuery } from '../query.ts';

export interface BodyKey {
  readonly key: string | null;
  readonly isDuplicate: boolean;
  /** The body to send on: without the key when it is to be hidden. */
  readonly body: Buffer;
}

function fromForm(body: Buffer, names: readonly string[], hide: boolean): BodyKey {
  const fields = parseQuery(body.toString('utf8'));
  for (const name of names) {
    const values = fields.filter((field) => field.name === name && field.value !== null);
    if (values.length > 1) return { key: null, isDuplicate: true, body };
    const key = values[0]?.value ?? null;
    if (key === null) continue;
    const rest = hide ? Buffer.from(formatQuery(fields.filter((field) => field.name !== name))) : body;
    return { key, isDuplicate: false, body: rest };
  }
  return { key: null, isDuplicate: false, body };
}

function fromJson(body: Buffer, names: readonly string[], hide: boolean): BodyKey {
  const none = { key: null, isDuplicate: false, body };
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return none;
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return none;
  const record = value as Record<string, unknown>;
  for (const name of names) {
    if (!Object.hasOwn(record, name)) continue;
    const key = record[name];
    if (Array.isArray(key)) return { key: null, isDuplicate: true, body };
    if (typeof key !== 'string') continue;
    if (!hide) return { key, isDuplicate: false, body };
    delete record[name];
    return { key, isDuplicate: false, body: Buffer.from(JSON.stringify(record)) };
  }
  return none;
}

export function findBodyKey(
  body: Buffer,
  contentType: string,
  names: readonly string[],
  hide: boolean,
): BodyKey {
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded') return fromForm(body, names, hide);
  if (type === 'application/json') return fromJson(body, names, hide);
  return { key: null, isDuplicate: false, body };
}
