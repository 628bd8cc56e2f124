// The running hash of everything that happened: two 32-bit lanes that take integers, cheap enough for every event.

export interface Fold {
  /** Takes three integers (their low 32 bits). */
  add(a: number, b: number, c: number): void;
  addText(text: string): void;
  /** 16 hex digits. */
  hex(): string;
}

export function createFold(): Fold {
  let low = 0x811c9dc5 | 0;
  let high = 0x9747b28c | 0;
  const add = (a: number, b: number, c: number): void => {
    low = Math.imul(low ^ a, 0x01000193);
    low = Math.imul(low ^ (low >>> 15) ^ b, 0x85ebca6b);
    low = Math.imul(low ^ (low >>> 13) ^ c, 0xc2b2ae35);
    high = Math.imul(high ^ (high >>> 16) ^ c, 0x7feb352d);
    high = Math.imul(high ^ (high >>> 15) ^ a, 0x846ca68b);
    high = Math.imul((high ^ b) + low, 0x27d4eb2f);
  };
  const hexWord = (word: number): string => ((word ^ (word >>> 16)) >>> 0).toString(16).padStart(8, '0');
  return {
    add,
    addText(text) {
      for (let i = 0; i < text.length; i++) add(text.charCodeAt(i), i, text.length);
    },
    hex: () => hexWord(high) + hexWord(low),
  };
}
