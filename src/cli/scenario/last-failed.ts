// What failed the last time, for `--last-failed`.

import { existsSync, readFileSync } from 'node:fs';
import type { ScenarioResult } from '../../../scenarios/runner/report.ts';
import { writeOutput } from '../output-file.ts';

const path = '.tidegate/last-failed.json';

export interface Remembered {
  readonly file: string;
  readonly label: string;
}

export function rememberFailed(results: readonly ScenarioResult[]): void {
  const failed = results
    .flatMap(({ runs, verdict }) => runs.filter((run) => run.verdict !== 'ok' || verdict === 'inconclusive'))
    .map(({ file, label }): Remembered => ({ file, label }));
  if (failed.length === 0 && !existsSync(path)) return;
  writeOutput(path, `${JSON.stringify(failed)}\n`);
}

/** Empty where nothing is known. */
export function readLastFailed(): readonly Remembered[] {
  if (!existsSync(path)) return [];
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return Array.isArray(value) ? (value as readonly Remembered[]) : [];
  } catch {
    return [];
  }
}

export function isRemembered(failed: readonly Remembered[], one: Remembered): boolean {
  return failed.some(({ file, label }) => file === one.file && label === one.label);
}
