// Ctrl-C during a campaign: what was done until then is told.
import { expect, test } from 'vitest';
import { exitOf, runTidegate } from './proxy/running-proxy.ts';

test('an interrupted campaign tells what it found', async () => {
  const child = runTidegate(['simulate', '--seed', '1', '--minutes', '10', '--jobs', '1', '--json']);
  let summary = '';
  let remarks = '';
  child.stdout!.on('data', (bytes: Buffer) => {
    summary += bytes.toString();
  });
  child.stderr!.on('data', (bytes: Buffer) => {
    remarks += bytes.toString();
    if (remarks.startsWith('seed 1, strategy uniform') && !remarks.includes('stopping')) child.kill('SIGINT');
  });
  expect(await exitOf(child)).toBe(130);
  expect(remarks).toContain('stopping; once more ends at once');
  expect(JSON.parse(summary)).toMatchObject({ verdict: 'ok', seed: 1, failures: [] });
});
