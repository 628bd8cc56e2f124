// From an input that fails to a small one that fails too: whole parts first, then halves, quarters and single characters.
import type { Input, Target } from './target.ts';

const triesMax = 3_000;

export async function outcome(target: Target, input: Input): Promise<string | null> {
  try {
    return await target.judge(input);
  } catch (error) {
    return `threw ${error instanceof Error ? error.stack : String(error)}`;
  }
}

export async function shrink(target: Target, failing: Input): Promise<Input> {
  let best = failing;
  let tries = 0;
  const fails = async (input: Input): Promise<boolean> => {
    if (++tries > triesMax || (await outcome(target, input)) === null) return false;
    best = input;
    return true;
  };
  for (let before = ''; before !== best.join('\n') && tries < triesMax; ) {
    before = best.join('\n');
    for (let i = best.length - 1; i >= 0; i--) await fails(best.filter((_, at) => at !== i));
    for (let i = 0; i < best.length && target.isText; i++)
      for (let size = best[i]!.length >> 1; size > 0; size >>= 1)
        for (let at = 0; at + size <= best[i]!.length; ) {
          const part = best[i]!.slice(0, at) + best[i]!.slice(at + size);
          if (!(await fails(best.map((text, k) => (k === i ? part : text))))) at += size;
        }
  }
  return best;
}
