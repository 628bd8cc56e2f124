// The rules applied to a body: a JSON object or a URL-encoded form; every other body is left as it is.
import { formatQuery, parseQuery, type QueryArgument } from '../query.ts';
import type { Renaming } from './rules.ts';

export interface RenderedValue {
  readonly name: string;
  readonly value: string;
}

/** Rules whose templates have been rendered for this request. */
export interface RenderedRules {
  readonly remove: readonly string[];
  readonly rename: readonly Renaming[];
  readonly replace: readonly RenderedValue[];
  readonly add: readonly RenderedValue[];
  readonly append: readonly RenderedValue[];
}

export function mediaType(contentType: string | null): string {
  return contentType === null ? '' : contentType.split(';', 1)[0]!.trim().toLowerCase();
}

export const formType = 'application/x-www-form-urlencoded';

function changed(name: string, value: string): QueryArgument {
  return { name, value, raw: null };
}

/** The same verbs over query arguments, which a form is made of too. */
export function transformArguments(
  list: readonly QueryArgument[],
  rules: RenderedRules,
): readonly QueryArgument[] {
  let result = list;
  const has = (name: string) => result.some((argument) => argument.name === name);
  for (const name of rules.remove) result = result.filter((argument) => argument.name !== name);
  for (const { from, to } of rules.rename) {
    if (!has(from)) continue;
    result = result
      .filter((argument) => argument.name !== to || from === to)
      .map((argument) =>
        argument.name === from ? { name: to, value: argument.value, raw: null } : argument,
      );
  }
  for (const { name, value } of rules.replace) {
    if (!has(name)) continue;
    const first = result.findIndex((argument) => argument.name === name);
    result = result.filter((argument, i) => argument.name !== name || i === first);
    result = result.map((argument) => (argument.name === name ? changed(name, value) : argument));
  }
  for (const { name, value } of rules.add) if (!has(name)) result = [...result, changed(name, value)];
  for (const { name, value } of rules.append) result = [...result, changed(name, value)];
  return result;
}

function transformObject(record: Record<string, unknown>, rules: RenderedRules): void {
  const set = (name: string, value: unknown) =>
    Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
  for (const name of rules.remove) delete record[name];
  for (const { from, to } of rules.rename) {
    if (!Object.hasOwn(record, from) || from === to) continue;
    set(to, record[from]);
    delete record[from];
  }
  for (const { name, value } of rules.replace) if (Object.hasOwn(record, name)) set(name, value);
  for (const { name, value } of rules.add) if (!Object.hasOwn(record, name)) set(name, value);
  for (const { name, value } of rules.append) {
    const old = Object.hasOwn(record, name) ? record[name] : undefined;
    if (old === undefined) set(name, [value]);
    else set(name, Array.isArray(old) ? [...old, value] : [old, value]);
  }
}

export function transformBody(body: Buffer, type: string, rules: RenderedRules): Buffer {
  if (type === formType)
    return Buffer.from(formatQuery(transformArguments(parseQuery(body.toString('utf8')), rules)));
  if (type !== 'application/json') return body;
  let value: unknown = {};
  if (body.length > 0) {
    try {
      value = JSON.parse(body.toString('utf8'));
    } catch {
      // Not JSON whatever its type says: the upstream gets what the client sent.
      return body;
    }
  }
  if (value === null || typeof value !== 'object') return body;
  if (Array.isArray(value)) return body;
  transformObject(value as Record<string, unknown>, rules);
  return Buffer.from(JSON.stringify(value));
}
