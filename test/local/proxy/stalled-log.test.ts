// A reader of the access log that stands still, or is gone: the real proxy goes on serving, holds no more than it may, says
// what it dropped, and stops when told to.
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { type RunningProxy, startProxyProcess } from './running-proxy.ts';

const requestsPerRound = 2000;
/** A line is longer than its target. */
const target = `/${'x'.repeat(2000)}`;

/** Pipelined requests that no route matches; resolves when all are answered. */
function round(proxy: RunningProxy): Promise<void> {
  const { port } = new URL(proxy.ready.proxy);
  return new Promise((resolve, reject) => {
    let answers = 0;
    let rest = '';
    const socket = connect(Number(port), '127.0.0.1', () => {
      for (let i = 0; i < requestsPerRound; i++) socket.write(`GET ${target} HTTP/1.1\r\nHost: none\r\n\r\n`);
    });
    socket.on('data', (chunk: Buffer) => {
      const parts = (rest + chunk.toString('latin1')).split('HTTP/1.1 404');
      answers += parts.length - 1;
      rest = parts.at(-1)!.slice(-12);
      if (answers < requestsPerRound) return;
      socket.destroy();
      resolve();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`closed after ${answers} answers`)));
  });
}

async function dropped(proxy: RunningProxy): Promise<number> {
  const text = await (await fetch(`${proxy.ready.admin}/metrics`)).text();
  return Number(/^tidegate_access_lines_dropped_total (\d+)$/m.exec(text)![1]);
}

test.each(['stands still', 'is gone'])('a reader that %s', async (how) => {
  const proxy = await startProxyProcess(['--access-log', 'json', '--drain-seconds', '1']);
  const stdout = proxy.process.stdout!;
  if (how === 'is gone') stdout.destroy();
  else stdout.pause();
  // Some 35 MiB of lines: more than two workers may have under way.
  for (let i = 0; i < 8; i++) await round(proxy);
  if (how === 'stands still') {
    expect(await dropped(proxy)).toBeGreaterThan(requestsPerRound);
    expect(proxy.output()).toContain('the access log is not read fast enough');
  }
  expect(await proxy.stop()).toBe(0);
});
