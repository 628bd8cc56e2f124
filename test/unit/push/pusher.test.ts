// What a gateway may answer to a config and what the pusher does then, as a table: scripted answers, and the requests that
// they lead to. Where the script ends, the gateway takes whatever fits.
import { expect, test } from 'vitest';
import { inProcessGateway } from '../../../src/control/in-process.ts';
import type { GatewayConfig } from '../../../src/kong/config.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import type { HttpReply } from '../../../src/ports/http.ts';
import { silentLog } from '../../../src/ports/log.ts';
import { createPusher } from '../../../src/push/pusher.ts';
import { virtualClock } from '../../property/watch/virtual-clock.ts';

function configOf(...names: string[]): GatewayConfig {
  const services = names.map((name) => ({ name, host: `${name}.example` }));
  const decoded = decodeDeclarative({ _format_version: '3.0', services });
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.value;
}

const a = configOf('a');
const b = configOf('a', 'b');
const empty = '0'.repeat(32);
const names = new Map([
  [a.id, 'A'],
  [b.id, 'B'],
  // As Kong names them: otherwise.
  [`f${a.id.slice(1)}`, 'A'],
  [`f${b.id.slice(1)}`, 'B'],
  [empty, 'empty'],
]);

type Answer =
  | {
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Record<string, string>;
      readonly lateMs?: number;
    }
  /** 'taken but silent': carried out, and the answer is lost. */
  | 'reset'
  | 'silent'
  | 'taken but silent';

interface Case {
  readonly kong?: boolean;
  /** It is one of ours from before there were changes of configs. */
  readonly older?: boolean;
  /** Answers to the requests that carry configs. */
  readonly script: readonly Answer[];
  /**
   * What happens between the first config and the second, where 'successor' is that another controller gave the gateway what
   * is our next target too; the others take the place of the second.
   */
  readonly between?:
    | 'restart'
    | 'upgrade'
    | 'foreign'
    | 'successor'
    | 'deposed, restart'
    | 'deposed, back'
    | 'deposed, back after another';
  /** Soon after the second config the first is wanted again. */
  readonly isBack?: boolean;
  readonly seconds?: number;
  readonly expected: readonly string[];
  readonly told?: readonly string[];
  readonly runs?: string;
}

function check({ kong, older, script, between, isBack, seconds, expected, told, runs }: Case): void {
  const clock = virtualClock();
  const answers = [...script];
  const requests: string[] = [];
  const heard: string[] = [];
  let running = empty;
  let leads = true;
  let version = older ? '0.0.9' : '0.1.0';
  let deltas = older !== true;
  const reply = (
    to: HttpReply,
    status: number,
    body: unknown,
    headers: Record<string, string> = {},
  ): void => {
    to.head(status, headers);
    to.end(JSON.stringify(body));
  };
  const gateway = inProcessGateway(clock, 'gateway', (request, to) => {
    if (request.path === '/')
      return reply(to, 200, kong ? { version: '3.9.1' } : { tidegate: { version, deltas } });
    if (request.path === '/status') return reply(to, 200, { configuration_hash: running });
    const match = request.headers['if-match'];
    const epoch = request.headers['x-tidegate-epoch'];
    const target = request.body!.toString().includes('b.example') ? b : a;
    requests.push(
      `${request.method} ${names.get(target.id)}${match === undefined ? '' : ` on ${names.get(JSON.parse(match))}`}${epoch === undefined ? '' : ` epoch ${epoch}`}`,
    );
    const answer = answers.shift();
    if (typeof answer === 'object' && answer.status === 200) running = target.id;
    if (typeof answer === 'object' && answer.headers?.etag !== undefined)
      running = JSON.parse(answer.headers.etag);
    if (answer === 'silent') return;
    if (answer === 'reset') return to.abort();
    if (answer === undefined || answer === 'taken but silent')
      running = kong ? `f${target.id.slice(1)}` : target.id;
    if (answer === 'taken but silent') return;
    if (answer === undefined) return reply(to, kong ? 201 : 200, {}, kong ? {} : { etag: `"${running}"` });
    const { status, body = {}, headers, lateMs = 0 } = answer;
    if (lateMs === 0) return reply(to, status, body, headers);
    clock.after(lateMs, () => reply(to, status, body, headers));
  });
  const pusher = createPusher(
    {
      clock,
      random: { uint32: () => 0x80000000, bytes: (_stream, length) => Buffer.alloc(length) },
      log: silentLog,
    },
    gateway,
    {
      mayPush: () => leads,
      onAccepted: (config) => void heard.push(`accepted ${names.get(config.id)}`),
      onRejected: (_config, message, rejections) =>
        void heard.push(
          `rejected: ${message}: ${rejections.map(({ name, messages }) => `${name} ${messages}`).join()}`,
        ),
      onOtherVersion: () => void heard.push('another version'),
      onSuperseded: (epoch) => void heard.push(`superseded ${epoch}`),
    },
  );
  pusher.push(a, { epoch: 2, revision: '{}', changes: '{}', isReset: false });
  clock.advance(2_000);
  if (between?.startsWith('deposed') === true) {
    leads = false;
    clock.advance(20_000);
  }
  if (between === 'deposed, back after another') running = b.id;
  if (between?.startsWith('deposed, back') === true) {
    leads = true;
    pusher.push(a, { epoch: 4, revision: '{}', changes: '{}', isReset: false });
  }
  if (between === 'restart' || between === 'deposed, restart' || between === 'upgrade') running = empty;
  if (between === 'upgrade') [version, deltas] = ['0.2.0', true];
  if (between === 'foreign') running = 'e'.repeat(32);
  // Another controller gave it what is our next target too.
  if (between === 'successor') running = b.id;
  if (between === 'upgrade') clock.advance(5_000);
  if (between === undefined || between === 'successor' || between === 'upgrade')
    pusher.push(b, { epoch: 2, revision: '{}', changes: '{}', isReset: false });
  if (isBack === true) {
    clock.advance(1_000);
    pusher.push(a, { epoch: 2, revision: '{}', changes: '{}', isReset: false });
  }
  clock.advance((seconds ?? 10) * 1_000);
  pusher.stop();
  expect(requests).toEqual(expected);
  if (told !== undefined) expect(heard).toEqual(told);
  if (runs !== undefined) expect(names.get(running) ?? running).toBe(runs);
}

const refused = {
  message: 'declarative config is invalid: {}',
  flattened_errors: [
    { entity_type: 'service', entity_name: 'b', errors: [{ field: 'host', message: 'is odd' }] },
  ],
};

const cases: Readonly<Record<string, Case>> = {
  'the first whole, then the difference': {
    script: [],
    expected: ['POST A epoch 2', 'PATCH B on A epoch 2'],
    told: ['accepted A', 'accepted B'],
    runs: 'B',
  },
  'Kong takes whole configs and no headers of ours': {
    kong: true,
    script: [],
    expected: ['POST A', 'POST B'],
  },
  '412 that names the target: it has it already': {
    script: [{ status: 200 }, { status: 412, headers: { etag: `"${b.id}"` } }],
    expected: ['POST A epoch 2', 'PATCH B on A epoch 2'],
    runs: 'B',
    told: ['accepted A', 'accepted B'],
  },
  '412 that names another: whole at once': {
    script: [{ status: 200 }, { status: 412, headers: { etag: `"${empty}"` } }],
    expected: ['POST A epoch 2', 'PATCH B on A epoch 2', 'POST B epoch 2'],
    runs: 'B',
  },
  '412 without an id: whole at once': {
    script: [{ status: 200 }, { status: 412 }],
    expected: ['POST A epoch 2', 'PATCH B on A epoch 2', 'POST B epoch 2'],
    runs: 'B',
  },
  '409: told once, not pressed': {
    script: [{ status: 200 }, { status: 409, body: { message: 'older', epoch: 7 } }],
    expected: ['POST A epoch 2', 'PATCH B on A epoch 2'],
    told: ['accepted A', 'superseded 7'],
  },
  '409 without an epoch': {
    script: [{ status: 409 }, { status: 409, body: { epoch: 'x' } }],
    expected: ['POST A epoch 2', 'POST B epoch 2'],
    told: ['superseded null', 'superseded null'],
  },
  'another controller gave it the next config already': {
    script: [{ status: 409, body: { epoch: 7 } }],
    between: 'successor',
    expected: ['POST A epoch 2'],
    told: ['superseded 7', 'accepted B'],
  },
  'another controller gave it what becomes the next config while it refuses this one': {
    script: [{ status: 409, body: { epoch: 7 }, lateMs: 3_000 }],
    between: 'successor',
    expected: ['POST A epoch 2'],
    told: ['superseded 7', 'accepted B'],
  },
  '400: told with the entity, not repeated': {
    script: [{ status: 200 }, { status: 400, body: refused }],
    expected: ['POST A epoch 2', 'PATCH B on A epoch 2'],
    told: ['accepted A', 'rejected: declarative config is invalid: {}: b host: is odd'],
  },
  '400 without a word': { kong: true, script: [{ status: 400 }], expected: ['POST A', 'POST B'] },
  '500: asked what it has, then again': {
    script: [{ status: 200 }, { status: 500 }],
    expected: ['POST A epoch 2', 'PATCH B on A epoch 2', 'PATCH B on A epoch 2'],
    runs: 'B',
  },
  '503 with Retry-After: not before': {
    script: [{ status: 503, headers: { 'retry-after': '5' } }],
    seconds: 2,
    expected: ['POST A epoch 2', 'POST B epoch 2'],
  },
  'a reset connection: again': {
    script: ['reset', 'reset', 'reset'],
    expected: [
      'POST A epoch 2',
      'POST A epoch 2',
      'POST A epoch 2',
      'POST A epoch 2',
      'PATCH B on A epoch 2',
    ],
    runs: 'B',
  },
  'no answer: again after the time limit, with the newest': {
    script: ['silent'],
    seconds: 40,
    expected: ['POST A epoch 2', 'POST B epoch 2'],
    runs: 'B',
  },
  'a lost answer: found out by asking, not sent again': {
    script: [{ status: 200 }, 'taken but silent'],
    seconds: 40,
    expected: ['POST A epoch 2', 'PATCH B on A epoch 2'],
    runs: 'B',
  },
  'Kong may have taken what got no answer: what it had before is sent again': {
    kong: true,
    script: [{ status: 201 }, 'taken but silent'],
    isBack: true,
    seconds: 40,
    expected: ['POST A', 'POST B', 'POST A'],
    told: ['accepted A', 'accepted A'],
    runs: 'A',
  },
  'so may an older gateway': {
    older: true,
    script: [{ status: 200 }, 'taken but silent'],
    isBack: true,
    seconds: 40,
    expected: ['POST A epoch 2', 'POST B epoch 2', 'POST A epoch 2'],
    told: ['accepted A', 'accepted A'],
    runs: 'A',
  },
  'one of ours that took it says so': {
    script: [{ status: 200 }, 'taken but silent'],
    isBack: true,
    seconds: 40,
    expected: ['POST A epoch 2', 'PATCH B on A epoch 2', 'POST A epoch 2'],
    told: ['accepted A', 'accepted A'],
    runs: 'A',
  },
  'one of ours that did not take it says so too': {
    script: [{ status: 200 }, 'silent'],
    isBack: true,
    seconds: 40,
    expected: ['POST A epoch 2', 'PATCH B on A epoch 2'],
    told: ['accepted A', 'accepted A'],
    runs: 'A',
  },
  'the gateway started again without a config': {
    script: [],
    between: 'restart',
    expected: ['POST A epoch 2', 'POST A epoch 2'],
    runs: 'A',
  },
  'an older gateway gets whole configs, with who sends them and from what': {
    older: true,
    script: [],
    expected: ['POST A epoch 2', 'POST B epoch 2'],
    runs: 'B',
  },
  'a newer build in its place is asked what it reads': {
    older: true,
    between: 'upgrade',
    script: [],
    expected: ['POST A epoch 2', 'POST A epoch 2', 'PATCH B on A epoch 2'],
    told: ['accepted A', 'another version', 'accepted A', 'accepted B'],
    runs: 'B',
  },
  'Kong started again without a config': {
    kong: true,
    script: [],
    between: 'restart',
    expected: ['POST A', 'POST A'],
  },
  'somebody else changed the config': {
    script: [],
    between: 'foreign',
    expected: ['POST A epoch 2', 'POST A epoch 2'],
    runs: 'A',
  },
  // A new leader fills it; ours would be as old as our leadership.
  'the gateway started again after we were deposed': {
    script: [],
    between: 'deposed, restart',
    expected: ['POST A epoch 2'],
    runs: 'empty',
  },
  'deposed and back: what it runs already is not sent again': {
    script: [],
    between: 'deposed, back',
    expected: ['POST A epoch 2'],
    told: ['accepted A', 'accepted A'],
    runs: 'A',
  },
  'deposed and back: what another sent is replaced whole': {
    script: [],
    between: 'deposed, back after another',
    expected: ['POST A epoch 2', 'POST A epoch 4'],
    runs: 'A',
  },
};

test.each(Object.entries(cases))('%s', (_name, one) => check(one));

test('a settled gateway is only asked, every few seconds', () => {
  check({ script: [], seconds: 600, expected: ['POST A epoch 2', 'PATCH B on A epoch 2'] });
});
