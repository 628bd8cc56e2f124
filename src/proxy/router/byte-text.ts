// Texts as the router compares them: byte strings, one character per UTF-8 byte. Regular expressions and letters of either
// case need characters.

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** Configured texts are text; requests are bytes. */
export function bytesOf(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** Regular expressions see text, not bytes; where the bytes are no text they are taken as they are. */
export function textOf(bytes: string): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}

export function byteLength(text: string): number {
  return isAscii(text) ? text.length : Buffer.byteLength(text, 'utf8');
}

/** Lower case by characters. */
export function lowerBytes(bytes: string): string {
  return isAscii(bytes) ? bytes.toLowerCase() : bytesOf(textOf(bytes).toLowerCase());
}
