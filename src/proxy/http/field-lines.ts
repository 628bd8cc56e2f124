// The field lines of a parsed head as pairs of strings: the slow path, taken when a plugin edits or Connection names fields.
import { trimmedEnd } from './characters.ts';
import type { Head } from './head.ts';
import { latin1Text } from './latin1.ts';

/** Name as sent, value without surrounding blanks. */
export type FieldLine = [name: string, value: string];

/** All lines of a head, in order. */
export function fieldLines(head: Head): FieldLine[] {
  const lines: FieldLine[] = [];
  const { bytes, fieldsEnd } = head;
  let i = head.fieldsStart;
  while (i < fieldsEnd) {
    const nameStart = i;
    while (bytes[i] !== 58) i++;
    const nameEnd = i;
    i++;
    while (bytes[i] === 32 || bytes[i] === 9) i++;
    const valueStart = i;
    while (bytes[i] !== 13) i++;
    lines.push([
      latin1Text(bytes, nameStart, nameEnd),
      latin1Text(bytes, valueStart, trimmedEnd(bytes, valueStart, i)),
    ]);
    i += 2;
  }
  return lines;
}

/** Where the value of the first line of that name from `from` on stands (its colon), or -1. */
function colonOf(head: Head, name: string, from: number, isFolded = false): number {
  const { bytes, fieldsEnd } = head;
  const length = name.length;
  let i = from;
  while (i < fieldsEnd) {
    const nameStart = i;
    while (bytes[i] !== 58) i++;
    if (i - nameStart === length && spells(bytes, nameStart, name, isFolded)) return i;
    while (bytes[i] !== 13) i++;
    i += 2;
  }
  return -1;
}

/** The value behind the colon. */
function valueAt({ bytes }: Head, colon: number): string {
  let start = colon + 1;
  let end = start;
  while (bytes[end] !== 13) end++;
  while (start < end && (bytes[start] === 32 || bytes[start] === 9)) start++;
  return latin1Text(bytes, start, trimmedEnd(bytes, start, end));
}

/** First value of the field, or null. `name` is lower case. Allocates nothing but the value. */
export function findField(head: Head, name: string): string | null {
  const colon = colonOf(head, name, head.fieldsStart);
  return colon < 0 ? null : valueAt(head, colon);
}

const noValues: readonly string[] = [];

function valuesOf(head: Head, name: string, isFolded: boolean): readonly string[] {
  let colon = colonOf(head, name, head.fieldsStart, isFolded);
  if (colon < 0) return noValues;
  const values: string[] = [];
  while (colon >= 0) {
    values.push(valueAt(head, colon));
    // The rest of this line holds no line end, so the search goes on behind it.
    let next = colon;
    while (head.bytes[next] !== 13) next++;
    colon = colonOf(head, name, next + 2, isFolded);
  }
  return values;
}

/** The values of all lines of that name, in order. */
export function findFields(head: Head, name: string): readonly string[] {
  return valuesOf(head, name, false);
}

/** Likewise, but as Kong's router has it '-' and '_' are the same in a name: what decides who somebody is must not use it. */
export function findFoldedFields(head: Head, name: string): readonly string[] {
  return valuesOf(head, name, true);
}

/** `name` is lower case. `isFolded`: '-' and '_' are the same. */
function spells(bytes: Buffer, start: number, name: string, isFolded: boolean): boolean {
  for (let i = 0; i < name.length; i++) {
    const byte = bytes[start + i]!;
    const lower = byte >= 65 && byte <= 90 ? byte + 32 : byte;
    const code = name.charCodeAt(i);
    if (lower !== code && !(isFolded && isSeparator(lower) && isSeparator(code))) return false;
  }
  return true;
}

function isSeparator(code: number): boolean {
  return code === 45 || code === 95;
}

/** First value in a list of lines. `name` is lower case. */
export function findLine(lines: readonly FieldLine[], name: string): string | null {
  for (const line of lines) {
    if (line[0].length === name.length && line[0].toLowerCase() === name) return line[1];
  }
  return null;
}

export function removeLines(lines: FieldLine[], name: string): void {
  for (let i = lines.length - 1; i >= 0; i--) if (lines[i]![0].toLowerCase() === name) lines.splice(i, 1);
}

/** Replaces all lines of that name by one, at the place of the first. */
export function setLine(lines: FieldLine[], name: string, value: string): void {
  const lower = name.toLowerCase();
  const at = lines.findIndex((line) => line[0].toLowerCase() === lower);
  if (at < 0) {
    lines.push([name, value]);
    return;
  }
  lines[at] = [lines[at]![0], value];
  for (let i = lines.length - 1; i > at; i--) if (lines[i]![0].toLowerCase() === lower) lines.splice(i, 1);
}

/** Names listed in the Connection fields, lower case. */
function connectionNames(lines: readonly FieldLine[]): Set<string> {
  const names = new Set<string>();
  for (const [name, value] of lines) {
    if (name.toLowerCase() !== 'connection') continue;
    for (const item of value.split(',')) {
      const token = item.trim().toLowerCase();
      if (token !== '') names.add(token);
    }
  }
  return names;
}

const framingNames = new Set(['content-length', 'transfer-encoding']);

/** Fields that frame a message. */
export function isFraming(lowerName: string): boolean {
  return framingNames.has(lowerName);
}

/**
 * The lines that Connection does not name. Framing stays whatever is named: else a peer could change where the message ends
 * for everyone behind us. Asked for before plugins add lines: what they add is not the peer's to remove.
 */
export function endToEndLines(head: Head): FieldLine[] {
  const lines = fieldLines(head);
  if (!head.namesFields) return lines;
  const named = connectionNames(lines);
  return lines.filter(([name]) => {
    const lower = name.toLowerCase();
    return !named.has(lower) || framingNames.has(lower);
  });
}

/** A name that was made, not received. Written as it is, so one that is none would end the line: a defect, told as such. */
export function safeName(name: string): string {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) throw new Error('not the name of a header');
  return name;
}

/**
 * A value as it may stand on the wire, one character per byte: line ends would end the line, and characters beyond Latin-1
 * would be cut to some other byte (perhaps a line end), so they go as UTF-8.
 */
export function safeValue(value: string): string {
  if (!/[\r\n\0]|[^\x00-\xff]/.test(value)) return value;
  const bytes = /[^\x00-\xff]/.test(value) ? Buffer.from(value, 'utf8').toString('latin1') : value;
  return bytes.replaceAll(/[\r\n\0]+/g, ' ');
}
