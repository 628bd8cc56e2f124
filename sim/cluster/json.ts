// JSON values as the store holds them: deeply frozen, compared by content, encoded once per version.
import type { StoredObject } from './store-api.ts';

export { sameJson } from '../../src/base/order.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: unknown;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member if it is an object, else an empty one: for reading optional parts. */
export function recordOf(value: unknown): JsonObject {
  return isRecord(value) ? value : {};
}

export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A member even when it is called '__proto__'. */
export function setMember(record: Record<string, unknown>, member: string, value: unknown): void {
  if (member === '__proto__')
    Object.defineProperty(record, member, { value, writable: true, enumerable: true, configurable: true });
  else record[member] = value;
}

/** Undefined for what the record does not have itself: 'constructor' is a name like any other. */
export function ownMember<T>(record: Readonly<Record<string, T>>, member: string): T | undefined {
  return Object.hasOwn(record, member) ? record[member] : undefined;
}

/** Member by member along the path; undefined where there is nothing. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<string | number, unknown>)[step];
  }
  return current;
}

export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** Frozen parts are taken as deeply frozen: only this function freezes. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  if (Array.isArray(value)) for (const item of value) deepFreeze(item);
  else for (const member of Object.keys(value)) deepFreeze((value as JsonObject)[member]);
  return value;
}

const bytesByObject = new WeakMap<StoredObject, Buffer>();

/** The object's JSON, made once per version and shared by everyone who sends it. */
export function encodeObject(object: StoredObject): Buffer {
  let bytes = bytesByObject.get(object);
  if (bytes === undefined) {
    bytes = Buffer.from(JSON.stringify(object));
    bytesByObject.set(object, bytes);
  }
  return bytes;
}
