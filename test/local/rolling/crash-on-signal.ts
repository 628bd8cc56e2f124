// Loaded before the product: edits its source so that the controller of a combined process throws in the round after a
// SIGUSR2. The product itself has no lever for that.
import { registerHooks } from 'node:module';

const file = '/src/control/control.ts';
const old = 'const snapshot = store.snapshot();';
const state = globalThis as { crashWanted?: boolean };
const edit = `const wanted = globalThis as { crashWanted?: boolean };
  if (wanted.crashWanted) {
    wanted.crashWanted = false;
    throw new Error('crashed on purpose');
  }`;

process.on('SIGUSR2', () => {
  state.crashWanted = true;
});

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(file)) return loaded;
    const parts = String(loaded.source).split(old);
    // A silent miss would be a test of nothing.
    if (parts.length !== 2) throw new Error(`'${old}' must occur once in ${file}`);
    return { ...loaded, source: parts.join(`${edit}\n${old}`) };
  },
});
