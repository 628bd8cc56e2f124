// The options of what the gateway tells of itself and of how much it takes: what they come to, and what is refused.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { answersOf } from '../../../src/cli/answer-options.ts';
import { CommandError } from '../../../src/cli/exit-codes.ts';
import { limitsOf } from '../../../src/cli/limit-options.ts';
import { parseCommandLine } from '../../../src/cli/parse.ts';
import { command as proxy } from '../../../src/cli/proxy.ts';
import { answersOfKong } from '../../../src/proxy/exchange/answer-options.ts';

const folder = mkdtempSync(join(tmpdir(), 'answers-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

function read(argv: readonly string[]) {
  const input = parseCommandLine(proxy, argv);
  if (input === 'help') throw new Error('not asked for');
  return { ...answersOf(input), ...limitsOf(input) };
}

test("without options they are Kong's defaults", () =>
  expect(read([])).toEqual({
    answers: answersOfKong,
    bodyBytesMax: Number.POSITIVE_INFINITY,
    requestsMax: 10_000,
    publicPorts: [],
    reuse: { idleMax: 512, idleTimeoutMs: 60_000, requestsMax: 10_000 },
  }));

test.each<[list: string, shown: readonly string[]]>([
  ['off', []],
  ['Via', ['via']],
  ['server_tokens', ['server', 'via']],
  ['latency_tokens', ['proxyLatency', 'responseLatency', 'upstreamLatency']],
  ['X-Kong-Upstream-Status, X-Kong-Request-Id', ['requestId', 'upstreamStatus']],
  ['server_tokens,off', []],
  ['X-Kong-Admin-Latency', []],
])('--headers %s', (list, shown) => {
  const found = Object.entries(read(['--headers', list]).answers.shown).filter(([, isShown]) => isShown);
  expect(found.map(([name]) => name).sort()).toEqual(shown);
});

test.each<[size: string, bytes: number]>([
  ['0', Number.POSITIVE_INFINITY],
  ['100', 100],
  ['8k', 8192],
  ['10m', 10_485_760],
  ['1G', 1_073_741_824],
])('--body-max %s', (size, bytes) => expect(read(['--body-max', size]).bodyBytesMax).toBe(bytes));

test('ports, connections, pages', () => {
  const page = file('page.json', '{"error":"%s","id":"%s","share":"100%%"}');
  const found = read([
    ...['--port-map', '80:8000', '--port-map', '443:8443', '--keepalive-requests', '5'],
    ...['--upstream-keepalive-pool-size', '0', '--upstream-keepalive-requests', '0'],
    ...['--upstream-keepalive-idle-seconds', '0', '--error-template', `json=${page}`],
    ...['--error-default-type', 'application/json', '--headers-upstream', 'off', '--allow-debug-header'],
  ]);
  expect(found).toMatchObject({
    publicPorts: [
      [8000, 80],
      [8443, 443],
    ],
    requestsMax: 5,
    reuse: { idleMax: 0, idleTimeoutMs: Number.POSITIVE_INFINITY, requestsMax: Number.POSITIVE_INFINITY },
    answers: {
      tellsUpstreamId: false,
      allowsDebugHeader: true,
      errorPages: { templates: { json: '{"error":"%s","id":"%s","share":"100%%"}' }, fallback: 'json' },
    },
  });
});

test.each<[argv: readonly string[], message: RegExp]>([
  [['--headers', 'X-Other'], /--headers: there is no header 'x-other'/],
  [['--headers-upstream', 'via'], /--headers-upstream must be x-kong-request-id or off/],
  [['--error-template', 'page.html'], /must be html=FILE/],
  [['--error-template', 'grpc=/x'], /must be html=FILE/],
  [['--error-template', 'html=/nonexistent'], /\/nonexistent: cannot be read/],
  [['--error-template', `html=${file('none', 'no place')}`], /needs one %s/],
  [['--error-template', `html=${file('many', '%s %s %s')}`], /needs one %s/],
  [['--error-template', `html=${file('odd', '%s %d')}`], /needs one %s/],
  [['--error-template', `html=${file('large', `%s${'x'.repeat(70_000)}`)}`], /larger than 65536 bytes/],
  [['--error-default-type', 'text/css'], /must be text\/plain/],
  [['--error-default-type', '*/*'], /must be text\/plain/],
  [['--body-max', '10mb'], /must be a size like 8k/],
  [['--body-max', '-1'], /must be a size|needs a value/],
  [['--port-map', '80'], /must be two ports/],
  [['--port-map', '0:80'], /must be two ports/],
  [['--port-map', '80:65536'], /must be two ports/],
  [['--keepalive-requests', '0'], /must be a number from 1/],
  [['--upstream-keepalive-pool-size', 'many'], /must be a number from 0/],
])('refused: %j', (argv, message) => {
  expect(() => read(argv)).toThrow(CommandError);
  expect(() => read(argv)).toThrow(message);
});
