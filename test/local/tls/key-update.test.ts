// New keys in the middle of a TLS 1.3 connection, which only the openssl program can ask for.
import { spawn, spawnSync } from 'node:child_process';
import type { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { implementations, names, serve } from './serving.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** Resolves when so much has been said since this began to listen; rejects when nobody is left to say it. */
function heard(stream: Readable, wanted: string): Promise<void> {
  let text = '';
  return new Promise((resolve, reject) => {
    stream.once('end', () => reject(new Error(`instead of ${wanted}: ${text}`)));
    const onData = (bytes: Buffer): void => {
      text += String(bytes);
      if (!text.includes(wanted)) return;
      stream.off('data', onData);
      resolve();
    };
    stream.on('data', onData);
  });
}

/** Once, on a machine that was far too busy, the talk came to a halt; nobody knows at whose side. */
const patience = { timeout: 30_000, retry: 1 };

describe.skipIf(!hasOpenssl).each(implementations)('%s', (_, create) => {
  test('the connection goes on under new keys', patience, async () => {
    const { port } = await serve(create, names);
    const client = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-tls1_3']);
    // One line at a time: a command is one only if it is read by itself.
    const say = async (stream: Readable, line: string, wanted: string): Promise<void> => {
      const answer = heard(stream, wanted);
      client.stdin.write(`${line}\n`);
      await answer;
    };
    const { stdout, stderr } = client;
    await say(stdout, 'first', 'first');
    // Ours alone, and with a request for the server's.
    await say(stderr, 'k', 'KEYUPDATE');
    await say(stdout, 'second', 'second');
    await say(stderr, 'K', 'KEYUPDATE');
    await say(stdout, 'third', 'third');
    client.kill();
    expect(client.killed).toBe(true);
  });
});
