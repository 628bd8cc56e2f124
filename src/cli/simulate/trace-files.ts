// Traces as files: packed when the name ends in .gz.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Trace } from '../../../sim/trace/format.ts';
import { CommandError, exitBadInput } from '../exit-codes.ts';

/** Unpacked; far above what any history leaves. */
const traceBytesMax = 1 << 30;

export function writeTraceFile(path: string, lines: readonly string[]): void {
  const text = `${lines.join('\n')}\n`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, path.endsWith('.gz') ? gzipSync(text) : text);
}

function readText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new CommandError(exitBadInput, `${path}: cannot be read (${code})`);
  }
  if (!path.endsWith('.gz')) return bytes.toString('utf8');
  try {
    return gunzipSync(bytes, { maxOutputLength: traceBytesMax }).toString('utf8');
  } catch (error) {
    throw new CommandError(exitBadInput, `${path}: cannot be unpacked (${(error as Error).message})`);
  }
}

/** Throws a CommandError that names the file. */
export async function readTraceFile(path: string): Promise<Trace> {
  const { readTrace } = await import('../../../sim/trace/read.ts');
  const trace = readTrace(readText(path));
  if (!trace.ok) throw new CommandError(exitBadInput, `${path}: ${trace.error}`);
  return trace.value;
}
