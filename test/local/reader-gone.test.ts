// `tidegate help simulate | head`: a reader that has had enough ends the command, without a stack for the user.
import { expect, test } from 'vitest';
import { exitOf, runTidegate } from './proxy/running-proxy.ts';

test('output without a reader ends a command quietly', async () => {
  const child = runTidegate(['help', 'simulate']);
  let complaints = '';
  child.stderr!.on('data', (bytes: Buffer) => {
    complaints += bytes.toString();
  });
  child.stdout!.destroy();
  expect(await exitOf(child)).toBe(141);
  expect(complaints).toBe('');
});
