// Puts a canary's defect into its source file while this thread or process loads it. Before that file is imported.
import { registerHooks } from 'node:module';
import type { Canary } from '../../../sim/canaries/canary.ts';

export interface Planted {
  /** False while the file has not been loaded. */
  isIn(): boolean;
}

/** Canaries are edits of TypeScript: there are none in the built package. */
export const canPlant = import.meta.url.endsWith('.ts');

export async function plantCanary(canary: Canary): Promise<Planted> {
  const { plant } = await import('../../../sim/canaries/canary.ts');
  const target = new URL(`../../../${canary.file}`, import.meta.url).href;
  let isIn = false;
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (url !== target) return loaded;
      const { source } = loaded;
      const text = typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString('utf8');
      const planted = plant(canary, text);
      if (!planted.ok) throw new Error(planted.error);
      isIn = true;
      return { ...loaded, source: planted.value };
    },
  });
  return { isIn: () => isIn };
}
