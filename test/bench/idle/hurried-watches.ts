// Loaded before the simulated cluster: an API server that ends watches and sends bookmarks in a hurry (how much is said in
// this module's own URL), so that a minute sees what else takes an hour.
import { registerHooks } from 'node:module';

const asked = new URL(import.meta.url).searchParams;
const watchFile = '/sim/cluster/api/watch.ts';
const edits: readonly (readonly [old: string, next: string])[] = [
  ['const bookmarkMs = 60_000;', `const bookmarkMs = ${Number(asked.get('bookmarkMs'))};`],
  [
    'return Math.min(asked, timeoutSecondsMax)',
    `return Math.min(asked, ${Number(asked.get('watchSeconds'))})`,
  ],
];

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(watchFile)) return loaded;
    let source = String(loaded.source);
    for (const [old, next] of edits) {
      const parts = source.split(old);
      // A silent miss would be a test of nothing.
      if (parts.length !== 2) throw new Error(`'${old}' must occur once in ${watchFile}`);
      source = parts.join(next);
    }
    return { ...loaded, source };
  },
});
