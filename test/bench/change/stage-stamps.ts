// Loaded before the product: stamps the moments of a change on its way through the gateway's process, on the clock that all
// processes of a machine share, and writes them to the file named in its own URL when the process ends. The product itself
// does not measure this.
import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { places } from './places.ts';

const stamps: string[] = [];
(globalThis as Record<string, unknown>)['stampStage'] = (stage: string): void => {
  stamps.push(`["${stage}",${Number(process.hrtime.bigint()) / 1e6}]`);
};

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const own = places.filter(([file]) => url.endsWith(file));
    if (own.length === 0) return loaded;
    let source = String(loaded.source);
    for (const [file, text, stage] of own) {
      const parts = source.split(text);
      // A silent miss would be a figure of nothing.
      if (parts.length !== 2) throw new Error(`'${text}' must occur once in ${file}`);
      source = parts.join(`globalThis.stampStage('${stage}'); ${text}`);
    }
    return { ...loaded, source };
  },
});

const file = new URL(import.meta.url).searchParams.get('to');
// Worker threads load this too, and end earlier.
if (file !== null && isMainThread) process.on('exit', () => writeFileSync(file, stamps.join('\n')));
