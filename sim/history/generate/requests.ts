// Who asks for what and when: clients of several kinds, requests that mostly aim at an application that is there.
import fc from 'fast-check';
import { answerBytesHeader } from '../../pod/answer-body.ts';
import { gatewayPlace } from '../../world/places.ts';
import type { FaultEntry, OperateEntry, PlannedClient, PlannedRequest, RequestEntry } from '../plan.ts';
import {
  type Application,
  affinityHeader,
  credentialNameOf,
  keyOf,
  pluginNameOf,
  secretNameOf,
} from './application.ts';
import { hosts } from './ingredients.ts';

export interface DrawnClient {
  readonly gateway: number;
  readonly tls: boolean;
  readonly pipelines: boolean;
  readonly readBytesPerSecond: number;
}

export const clientDraws: fc.Arbitrary<readonly DrawnClient[]> = fc.array(
  fc.record({
    gateway: fc.nat(7),
    tls: fc.constantFrom(false, false, true),
    pipelines: fc.constantFrom(false, false, false, true),
    readBytesPerSecond: fc.constantFrom(0, 0, 0, 0, 20_000),
  }),
  { minLength: 1, maxLength: 6 },
);

export function clientsOf(draws: readonly DrawnClient[], gateways: number): readonly PlannedClient[] {
  return draws.map(({ gateway, ...rest }, index) => ({
    name: `client-${index + 1}`,
    gateway: gateway % gateways,
    ...rest,
  }));
}

interface DrawnRequest {
  readonly client: number;
  readonly application: number;
  /** Within the time in which requests come, or that of what happens. */
  readonly atPermille: number;
  /** Every second one comes where something happens, and asks for the application that it meets. */
  readonly near: number;
  readonly method: string;
  readonly suffix: string;
  readonly bodyBytes: number;
  readonly chunked: boolean;
  readonly manner: (typeof manners)[number];
  readonly manneredMs: number;
  /** Of bodies and answers that are large where the manner says so. */
  readonly largeBytes: number;
}

const manners = [
  ...Array.from({ length: 8 }, () => 'plain' as const),
  'plain-elsewhere',
  'no-key',
  'abort',
  'abort-answer',
  'slow-send',
  'slow-send',
  'expect',
  'half-close',
  'close',
  'hop-by-hop',
  'large',
  'websocket',
  'websocket',
] as const;

export const requestDraws: fc.Arbitrary<readonly DrawnRequest[]> = fc.array(
  fc.record({
    client: fc.nat(63),
    application: fc.nat(63),
    atPermille: fc.nat(999),
    near: fc.nat(0xffff),
    method: fc.constantFrom('GET', 'GET', 'GET', 'POST', 'POST', 'PUT', 'PUT', 'HEAD', 'DELETE'),
    suffix: fc.constantFrom('', '', 'x', 'x?y=1', 'cart', 'cart/items'),
    bodyBytes: fc.constantFrom(0, 10, 300, 5_000),
    chunked: fc.boolean(),
    manner: fc.constantFrom(...manners),
    manneredMs: fc.integer({ min: 1, max: 400 }),
    largeBytes: fc.integer({ min: 100_000, max: 1_000_000 }),
  }),
  { minLength: 20, maxLength: 60, size: 'max' },
);

/** Where links cut everything small, large bodies would take too many steps. */
function affordable(bytes: number, segmentBytesMax: number): number {
  return segmentBytesMax === 0 ? bytes : Math.min(bytes, 60 * segmentBytesMax);
}

/** Meant for the gateway alone. */
const hopByHop: Readonly<Record<string, string>> = {
  Connection: 'keep-alive, x-hop',
  'Keep-Alive': 'timeout=60',
  'X-Hop': 'for the gateway',
  TE: 'trailers',
};

/** Few enough that each is sent again and again. */
const keyCount = 7;

function headersOf(
  app: Application,
  { manner, largeBytes, method, client }: DrawnRequest,
  segmentBytesMax: number,
): Record<string, string> {
  const asksForMuch =
    manner === 'abort-answer' || (manner === 'large' && method !== 'POST' && method !== 'PUT');
  return {
    ...(app.plugin === 'key-auth' && manner !== 'no-key' ? { apikey: keyOf(app) } : {}),
    ...(app.balancing === 'hash' ? { [affinityHeader]: `key-${client % keyCount}` } : {}),
    ...(manner === 'close' ? { Connection: 'close' } : {}),
    ...(manner === 'hop-by-hop' ? hopByHop : {}),
    ...(asksForMuch ? { [answerBytesHeader]: String(affordable(largeBytes, segmentBytesMax)) } : {}),
  };
}

/** What a manner changes of a plain request. */
function mannered({ manner, manneredMs, method }: DrawnRequest): Partial<PlannedRequest> {
  switch (manner) {
    case 'slow-send':
      return { sendMs: manneredMs };
    case 'abort':
      return { abortMs: manneredMs, abort: manneredMs % 2 === 0 ? 'close' : 'reset' };
    case 'abort-answer':
      return { abortMs: 1 + (manneredMs >> 3), abort: manneredMs % 2 === 0 ? 'close' : 'reset' };
    case 'expect':
      return method === 'POST' || method === 'PUT' ? { expects: true, bodyBytes: 300 } : {};
    case 'half-close':
      return { halfCloses: true };
    default:
      return {};
  }
}

function requestOf(drawn: DrawnRequest, app: Application, segmentBytesMax: number): PlannedRequest {
  const { method, suffix, manner, manneredMs, chunked, largeBytes } = drawn;
  const base = app.path.endsWith('/') ? app.path : `${app.path}/`;
  const path = suffix === '' ? app.path : `${base}${suffix}`;
  const withBody = method === 'POST' || method === 'PUT';
  const bodyBytes = manner === 'large' ? affordable(largeBytes, segmentBytesMax) : drawn.bodyBytes;
  const plain: PlannedRequest = {
    method,
    host: manner === 'plain-elsewhere' ? hosts[manneredMs % hosts.length]! : app.host,
    path,
    headers: headersOf(app, drawn, segmentBytesMax),
    bodyBytes: withBody ? bodyBytes : 0,
    chunked: withBody && chunked,
    sendMs: 0,
    abortMs: 0,
    kind: 'plain',
    holdMs: 0,
    ...(app.balancing === 'sticky' ? { keepsCookies: true } : {}),
    ...mannered(drawn),
  };
  if (manner !== 'websocket') return plain;
  return {
    ...plain,
    method: 'GET',
    path: `${base}ws`,
    bodyBytes: 0,
    chunked: false,
    kind: 'websocket',
    holdMs: manneredMs * 20,
  };
}

interface RequestTimes {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Something that requests gather around. */
interface Happening {
  readonly fromMs: number;
  readonly untilMs: number;
  /** 'gateway-1', 'gateway-1/worker-0', or 'namespace/name' of an object; else it means nothing to requests. */
  readonly target: string;
}

const ownedNames: readonly ((app: Application) => string)[] = [
  ({ name }) => name,
  secretNameOf,
  credentialNameOf,
  pluginNameOf,
];

function owns(app: Application, target: string): boolean {
  return ownedNames.some((nameOf) => target === `${app.namespace}/${nameOf(app)}`);
}

/** Pods come and go for so long after the word of it. */
const rollsMs = 5_000;

export function happeningsOf(
  faults: readonly FaultEntry[],
  operations: readonly OperateEntry[],
): readonly Happening[] {
  const ofFaults = faults.map(({ atMs, untilMs, target }) => ({ fromMs: atMs, untilMs, target }));
  const ofOperations = operations.map(({ atMs, operation: { namespace, name, resource } }) => ({
    fromMs: atMs,
    untilMs: atMs + (resource === 'deployments.apps' ? rollsMs : 500),
    target: `${namespace}/${name}`,
  }));
  return [...ofFaults, ...ofOperations];
}

/** Under way when it begins, or while it is there and shortly after it. */
function timesAround({ fromMs, untilMs }: Happening, begins: boolean, times: RequestTimes): RequestTimes {
  const [soonest, latest] = begins ? [fromMs - 60, fromMs] : [fromMs, untilMs + 500];
  return {
    fromMs: Math.max(times.fromMs, soonest),
    toMs: Math.max(times.fromMs, Math.min(times.toMs, latest)),
  };
}

interface Subject {
  readonly client: PlannedClient;
  readonly app: Application;
  readonly times: RequestTimes;
  /** It is the certificate that something happens to: every request wants to see it, on a connection of its own. */
  readonly wantsHandshake: boolean;
}

/** Who asks for what, when; half of them where something happens, for what it meets. */
function subjectOf(
  { client, application, near }: DrawnRequest,
  clients: readonly PlannedClient[],
  applications: readonly Application[],
  happenings: readonly Happening[],
  times: RequestTimes,
): Subject {
  const happening =
    near % 2 === 0 && happenings.length > 0 ? happenings[(near >>> 3) % happenings.length]! : null;
  const host = happening?.target.split('/')[0];
  const owner = applications.find((app) => owns(app, happening?.target ?? ''));
  const app = owner ?? applications[application % applications.length]!;
  const wantsHandshake = happening?.target === `${app.namespace}/${secretNameOf(app)}`;
  const own = clients.filter(({ gateway, tls }) =>
    wantsHandshake ? tls : host === gatewayPlace(gateway).name,
  );
  const choice = own.length > 0 ? own : clients;
  return {
    client: choice[client % choice.length]!,
    app,
    times: happening === null ? times : timesAround(happening, (near & 4) === 0, times),
    wantsHandshake,
  };
}

export function requestsOf(
  draws: readonly DrawnRequest[],
  clients: readonly PlannedClient[],
  applications: readonly Application[],
  happenings: readonly Happening[],
  times: RequestTimes,
  segmentBytesMax: number,
): readonly RequestEntry[] {
  return draws.map((drawn, index) => {
    const subject = subjectOf(drawn, clients, applications, happenings, times);
    const { client, app, times: own, wantsHandshake } = subject;
    const manner = wantsHandshake && drawn.manner === 'plain' ? 'close' : drawn.manner;
    return {
      id: `r${index + 1}`,
      atMs: own.fromMs + Math.floor(((own.toMs - own.fromMs) * drawn.atPermille) / 1000),
      do: 'request',
      client: client.name,
      request: requestOf({ ...drawn, manner }, app, segmentBytesMax),
    };
  });
}
