// XXH32 with seed 0 (xxHash specification, 0.1.1): places targets and requests on the hashing ring where Kong places them.

const prime1 = 0x9e3779b1;
const prime2 = 0x85ebca77;
const prime3 = 0xc2b2ae3d;
const prime4 = 0x27d4eb2f;
const prime5 = 0x165667b1;

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function readWord(text: string, at: number): number {
  return (
    (text.charCodeAt(at) & 0xff) |
    ((text.charCodeAt(at + 1) & 0xff) << 8) |
    ((text.charCodeAt(at + 2) & 0xff) << 16) |
    (text.charCodeAt(at + 3) << 24)
  );
}

function round(lane: number, word: number): number {
  return Math.imul(rotate((lane + Math.imul(word, prime2)) | 0, 13), prime1);
}

/** Unsigned. Every character of `text` is one byte (latin1), as in all texts of a request. */
export function xxhash32(text: string): number {
  const { length } = text;
  let at = 0;
  let mixed: number;
  if (length >= 16) {
    let lane1 = (prime1 + prime2) | 0;
    let lane2 = prime2 | 0;
    let lane3 = 0;
    let lane4 = -prime1 | 0;
    for (; at <= length - 16; at += 16) {
      lane1 = round(lane1, readWord(text, at));
      lane2 = round(lane2, readWord(text, at + 4));
      lane3 = round(lane3, readWord(text, at + 8));
      lane4 = round(lane4, readWord(text, at + 12));
    }
    mixed = (rotate(lane1, 1) + rotate(lane2, 7) + rotate(lane3, 12) + rotate(lane4, 18)) | 0;
  } else mixed = prime5 | 0;
  mixed = (mixed + length) | 0;
  for (; at <= length - 4; at += 4)
    mixed = Math.imul(rotate((mixed + Math.imul(readWord(text, at), prime3)) | 0, 17), prime4);
  for (; at < length; at++)
    mixed = Math.imul(rotate((mixed + Math.imul(text.charCodeAt(at) & 0xff, prime5)) | 0, 11), prime1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), prime2);
  mixed = Math.imul(mixed ^ (mixed >>> 13), prime3);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
