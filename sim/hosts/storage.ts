// A host's small files: they survive a crash, and a write is there whole or not at all.
import type { Storage } from '../../src/ports/storage.ts';

export function createStorage(): Storage {
  const files: Map<string, Buffer> = new Map();
  return {
    read(name) {
      const bytes = files.get(name);
      return bytes === undefined ? null : Buffer.from(bytes);
    },
    write(name, bytes) {
      files.set(name, Buffer.from(bytes));
    },
  };
}
