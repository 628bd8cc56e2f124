// The response head as plugins see and edit it: a list of lines made on first touch.
import {
  endToEndLines,
  type FieldLine,
  findField,
  findLine,
  removeLines,
  safeName,
  safeValue,
  setLine,
} from '../http/field-lines.ts';
import type { Head } from '../http/head.ts';

export class ResponseRecord {
  /** null = untouched: the upstream's bytes go out. */
  lines: FieldLine[] | null = null;
  /** Lines that a plugin asked for before there was a response. */
  early: FieldLine[] | null = null;
  head: Head | null = null;

  reset(): void {
    this.lines = null;
    this.early = null;
    this.head = null;
  }

  private edited(): FieldLine[] {
    this.lines ??= this.head === null ? [] : endToEndLines(this.head);
    return this.lines;
  }

  /** The upstream's head, valid until `detach`. */
  begin(head: Head): void {
    this.head = head;
    this.takeEarly();
  }

  /** A response of our own. */
  beginOwn(lines: FieldLine[]): void {
    this.head = null;
    this.lines = lines;
    this.takeEarly();
  }

  private takeEarly(): void {
    if (this.early === null) return;
    this.edited().push(...this.early);
    this.early = null;
  }

  /** Keeps the lines beyond the life of the bytes. */
  detach(): void {
    this.edited();
    this.head = null;
  }

  get(name: string): string | null {
    const lower = name.toLowerCase();
    if (this.lines !== null) return findLine(this.lines, lower);
    return this.head === null ? null : findField(this.head, lower);
  }

  set(name: string, value: string): void {
    setLine(this.edited(), safeName(name), safeValue(value));
  }

  add(name: string, value: string): void {
    this.edited().push([safeName(name), safeValue(value)]);
  }

  /** A Set-Cookie line instead of the one for the same cookie, or a new one. */
  setCookie(cookieName: string, value: string): void {
    const lines = this.edited();
    const old = lines.find(
      ([name, other]) => name.toLowerCase() === 'set-cookie' && other.startsWith(`${cookieName}=`),
    );
    if (old === undefined) this.add('Set-Cookie', value);
    else old[1] = safeValue(value);
  }

  addEarly(name: string, value: string): void {
    this.early ??= [];
    this.early.push([safeName(name), safeValue(value)]);
  }

  remove(name: string): void {
    removeLines(this.edited(), name.toLowerCase());
  }
}
