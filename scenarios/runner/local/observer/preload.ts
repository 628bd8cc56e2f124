// Loaded before the product into a process that is observed, and into each of its threads: edits what is loaded after it, does
// as it is told on standard input, and ends the process when whoever started it is gone.
import { registerHooks } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { observerEdits } from './edits.ts';
import { installObserver } from './observer.ts';
import { type ObserverStart, observerVariable } from './records.ts';

const start = JSON.parse(process.env[observerVariable] ?? '{}') as ObserverStart;
const root = new URL('../../../../', import.meta.url).href;
const byUrl = Map.groupBy([...observerEdits, ...start.edits], ({ file }) => root + file);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const edits = byUrl.get(url);
    if (edits === undefined) return loaded;
    const { source } = loaded;
    let text = typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString('utf8');
    for (const { file, find, replace } of edits) {
      // A silent miss would be an observer that sees nothing.
      if (text.split(find).length !== 2) throw new Error(`'${find}' must stand in ${file} once`);
      text = text.replace(find, () => replace);
    }
    return { ...loaded, source: text };
  },
});

const observer = installObserver(start);

/** Whoever started it is gone. */
const end = (): void => void process.kill(process.pid, 'SIGKILL');

if (isMainThread) {
  const { stdin } = process;
  stdin.setEncoding('utf8');
  stdin.on('data', (text) => {
    for (const word of String(text).split('\n')) if (word !== '') observer.obey(word);
  });
  stdin.on('end', end);
  stdin.on('error', end);
  stdin.unref();
}
