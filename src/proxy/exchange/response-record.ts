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

  /** 'name=value; ...' as a Set-Cookie line, instead of one for the same cookie; null: nothing. */
  bringCookie(cookie: string | null): void {
    if (cookie === null) return;
    const prefix = cookie.slice(0, cookie.indexOf('=') + 1);
    const old = this.edited().find(
      ([name, value]) => name.toLowerCase() === 'set-cookie' && value.startsWith(prefix),
    );
    if (old === undefined) this.add('Set-Cookie', cookie);
    else old[1] = safeValue(cookie);
  }

  addEarly(name: string, value: string): void {
    this.early ??= [];
    this.early.push([safeName(name), safeValue(value)]);
  }

  remove(name: string): void {
    removeLines(this.edited(), name.toLowerCase());
  }
}
