// Traces as files: packed when the name ends in .gz.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Trace } from '../../../sim/trace/format.ts';
import { CommandError, exitBadInput } from '../exit-codes.ts';
import { readInput } from '../input-file.ts';
import { writeOutput } from '../output-file.ts';

/** Unpacked; far above what any history leaves. */
const traceBytesMax = 1 << 30;

export function writeTraceFile(path: string, lines: readonly string[]): void {
  const text = `${lines.join('\n')}\n`;
  writeOutput(path, path.endsWith('.gz') ? gzipSync(text) : text);
}

function readText(path: string): string {
  const bytes = readInput(path);
  if (!path.endsWith('.gz')) return bytes.toString('utf8');
  try {
    return gunzipSync(bytes, { maxOutputLength: traceBytesMax }).toString('utf8');
  } catch (error) {
    throw new CommandError(exitBadInput, `${path}: cannot be unpacked (${(error as Error).message})`);
  }
}

/** Where failures of scenarios are kept, each under a handle of a few digits. */
export const failuresFolder = '.tidegate/failures';

/** The path, or that of the failure whose handle begins so. */
function tracePath(given: string): string {
  if (existsSync(given) || !/^[0-9a-f]{4,16}$/.test(given) || !existsSync(failuresFolder)) return given;
  const found = readdirSync(failuresFolder).filter(
    (name) => name.startsWith(given) && name.endsWith('.jsonl.gz'),
  );
  if (found.length > 1)
    throw new CommandError(exitBadInput, `${given} may be any of ${found.join(', ')}: give more digits`);
  return found.length === 0 ? given : join(failuresFolder, found[0]!);
}

/** A path, or the handle of a failure. Throws a CommandError that names the file. */
export async function readTraceFile(given: string): Promise<Trace> {
  const path = tracePath(given);
  const { readTrace } = await import('../../../sim/trace/read.ts');
  const trace = readTrace(readText(path));
  if (!trace.ok) throw new CommandError(exitBadInput, `${path}: ${trace.error}`);
  return trace.value;
}
