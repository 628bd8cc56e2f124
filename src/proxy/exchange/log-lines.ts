// Lines of a log as bytes, one behind the other in the same room: a line makes no object that the collector has to see.
import type { ByteRange } from '../http/byte-range.ts';
import { copyBytes, latin1Text, writeLatin1 } from '../http/latin1.ts';

const roomBytes = 80 * 1024;
const int32Max = 0x7fff_ffff;
/** Up to here a loop is cheaper than a call into the runtime. */
const shortCharacters = 24;

/** No control character, no quote, no backslash, nothing beyond ASCII: means itself in JSON and between quotes. */
const isHarmless = Uint8Array.from({ length: 256 }, (_, code) =>
  code >= 32 && code < 127 && code !== 34 && code !== 92 ? 1 : 0,
);

/** What is the same in every line, made once. */
export function constants<Name extends string>(texts: Readonly<Record<Name, string>>): Record<Name, Buffer> {
  const entries = Object.entries<string>(texts).map(([name, text]) => [name, Buffer.from(text, 'latin1')]);
  return Object.fromEntries(entries) as Record<Name, Buffer>;
}

const { minus } = constants({ minus: '-' });

export class LogLines {
  private room: Buffer = Buffer.allocUnsafeSlow(roomBytes);
  /** Bytes written. */
  length = 0;

  /** Valid until the next line. */
  written(): Buffer {
    return this.room.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
    // One line can be many times as long as others.
    if (this.room.length > roomBytes) this.room = Buffer.allocUnsafeSlow(roomBytes);
  }

  private ensure(size: number): void {
    const needed = this.length + size;
    if (needed <= this.room.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.room.length));
    this.room.copy(larger, 0, 0, this.length);
    this.room = larger;
  }

  constant(bytes: Buffer): void {
    this.ensure(bytes.length);
    this.length = copyBytes(this.room, this.length, bytes, 0, bytes.length);
  }

  /** Harmless text. */
  plain(text: string): void {
    const size = text.length;
    this.ensure(size);
    const { room, length } = this;
    if (size > shortCharacters) writeLatin1(room, text, length);
    else for (let i = 0; i < size; i++) room[length + i] = text.charCodeAt(i);
    this.length = length + size;
  }

  /** Any text, in UTF-8. */
  text(text: string): void {
    // No code unit takes more than three bytes.
    this.ensure(3 * text.length);
    this.length += this.room.write(text, this.length, 'utf8');
  }

  /** Written, unless there is something in it that is not harmless. */
  private harmless({ bytes, start, end }: ByteRange): boolean {
    this.ensure(end - start);
    const { room } = this;
    let at = this.length;
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!;
      if (isHarmless[byte] === 0) return false;
      room[at++] = byte;
    }
    this.length = at;
    return true;
  }

  /** The inside of a JSON string: bytes as characters up to U+00FF. */
  json(range: ByteRange): void {
    if (!this.harmless(range)) this.jsonText(latin1Text(range.bytes, range.start, range.end));
  }

  jsonText(text: string): void {
    this.text(JSON.stringify(text).slice(1, -1));
  }

  /** For between quotes: nothing in it can end a line or a field: `\xNN`, as nginx writes it. */
  escaped(range: ByteRange): void {
    if (!this.harmless(range)) this.escapedText(latin1Text(range.bytes, range.start, range.end));
  }

  escapedText(text: string): void {
    this.text(text.replaceAll(/["\\\x00-\x1f\x7f-\xff]/g, hexEscape));
  }

  /** A whole number. */
  number(value: number): void {
    if (value < 0) {
      this.constant(minus);
      this.number(-value);
      return;
    }
    if (value > int32Max) {
      this.plain(String(value));
      return;
    }
    let digits = 1;
    for (let limit = 10; limit <= value; limit *= 10) digits++;
    this.ensure(digits);
    const { room, length } = this;
    let rest = value | 0;
    for (let at = length + digits - 1; at >= length; at--) {
      const next = (rest / 10) | 0;
      room[at] = 48 + rest - next * 10;
      rest = next;
    }
    this.length = length + digits;
  }
}

function hexEscape(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
