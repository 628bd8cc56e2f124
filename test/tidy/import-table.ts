// Who may import whom. A room is a folder; the longest matching prefix of a file's path decides its room.

/** Room to the rooms it may import; its own files are always allowed. */
export const importTable: Readonly<Record<string, readonly string[]>> = {
  'src/base': [],
  'src/ports': ['src/base'],
  'src/kube': ['src/base'],
  'src/kong': ['src/base'],
  'src/watch': ['src/base', 'src/ports', 'src/kube'],
  'src/store': ['src/base', 'src/ports', 'src/kube'],
  'src/translate': ['src/base', 'src/kube', 'src/kong'],
  'src/push': ['src/base', 'src/ports', 'src/kong'],
  'src/control': [
    'src/base',
    'src/ports',
    'src/kube',
    'src/kong',
    'src/watch',
    'src/store',
    'src/translate',
    'src/push',
  ],
  'src/proxy': ['src/base', 'src/ports', 'src/kong'],
  'src/proxy/http': ['src/base'],
  'src/io': ['src/base', 'src/ports', 'src/kube'],
  // The worker thread's entry is a composition root that happens to be a file of its own.
  'src/io/worker-thread.ts': ['src/base', 'src/ports', 'src/io', 'src/proxy'],
  'src/cli': ['src'],
  'src/main.ts': ['src/cli'],
  sim: [
    'src/base',
    'src/ports',
    'src/kube',
    'src/kong',
    'src/watch',
    'src/store',
    'src/translate',
    'src/push',
    'src/control',
    'src/proxy',
  ],
  'sim/evidence': ['src/base', 'src/kube', 'src/kong'],
  'sim/reference': ['src/base', 'src/kube', 'src/kong'],
  // Properties read what was left behind and an independent reference, never the product or the world.
  'sim/properties': ['src/base', 'src/kube', 'src/kong', 'sim/evidence', 'sim/reference'],
  scenarios: ['sim', 'src/base', 'src/ports', 'src/kube', 'src/kong', 'src/io'],
  test: ['src', 'sim', 'scenarios', 'bin'],
  // What the codec is held against shares nothing with it.
  'test/property/http/naive': [],
};

/** Rooms that `src/cli` may reach by a lazy `import()` or for types only. */
export const lazyRooms: readonly string[] = ['sim', 'scenarios'];

export function roomOf(path: string): string | null {
  let best: string | null = null;
  for (const room of Object.keys(importTable)) {
    const isInside = path === room || path.startsWith(`${room}/`);
    if (isInside && (best === null || room.length > best.length)) best = room;
  }
  return best;
}

/** `from` and `to` are paths in the repository. */
export function isImportAllowed(from: string, to: string, isLazy: boolean): boolean {
  const room = roomOf(from);
  if (room === null) return true;
  const target = roomOf(to);
  const inside = (outer: string) => to === outer || to.startsWith(`${outer}/`);
  if (inside(room)) {
    // A stricter room inside a room (proxy/http in proxy) is open to its neighbours; the reverse is what is restricted.
    return true;
  }
  if (room === 'src/cli' && isLazy && lazyRooms.some(inside)) return true;
  if (target === null) return false;
  return importTable[room]!.some(inside);
}
