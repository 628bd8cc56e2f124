// Who asks for what and when: clients of several kinds, requests that mostly aim at an application that is there.
import fc from 'fast-check';
import type { PlannedClient, PlannedRequest, RequestEntry } from '../plan.ts';
import { type Application, keyOf } from './application.ts';
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
  /** Within the time in which requests come. */
  readonly atPermille: number;
  readonly method: string;
  readonly suffix: string;
  readonly bodyBytes: number;
  readonly chunked: boolean;
  readonly manner: 'plain' | 'plain-elsewhere' | 'no-key' | 'abort' | 'slow-send' | 'websocket';
  readonly manneredMs: number;
}

export const requestDraws: fc.Arbitrary<readonly DrawnRequest[]> = fc.array(
  fc.record({
    client: fc.nat(63),
    application: fc.nat(63),
    atPermille: fc.nat(999),
    method: fc.constantFrom('GET', 'GET', 'GET', 'POST', 'POST', 'PUT', 'HEAD', 'DELETE'),
    suffix: fc.constantFrom('', '', 'x', 'x?y=1', 'cart', 'cart/items'),
    bodyBytes: fc.constantFrom(0, 10, 300, 5_000),
    chunked: fc.boolean(),
    manner: fc.constantFrom(
      'plain',
      'plain',
      'plain',
      'plain',
      'plain',
      'plain',
      'plain-elsewhere',
      'no-key',
      'abort',
      'slow-send',
      'websocket',
    ),
    manneredMs: fc.integer({ min: 1, max: 400 }),
  }),
  { minLength: 20, maxLength: 60, size: 'max' },
);

function headersOf(app: Application, manner: DrawnRequest['manner']): Record<string, string> {
  return app.plugin === 'key-auth' && manner !== 'no-key' ? { apikey: keyOf(app) } : {};
}

function requestOf(drawn: DrawnRequest, app: Application): PlannedRequest {
  const { method, suffix, manner, manneredMs, chunked } = drawn;
  const base = app.path.endsWith('/') ? app.path : `${app.path}/`;
  const path = suffix === '' ? app.path : `${base}${suffix}`;
  const withBody = method === 'POST' || method === 'PUT';
  const plain: PlannedRequest = {
    method,
    host: manner === 'plain-elsewhere' ? hosts[manneredMs % hosts.length]! : app.host,
    path,
    headers: headersOf(app, manner),
    bodyBytes: withBody ? drawn.bodyBytes : 0,
    chunked: withBody && chunked,
    sendMs: manner === 'slow-send' ? manneredMs : 0,
    abortMs: manner === 'abort' ? manneredMs : 0,
    kind: 'plain',
    holdMs: 0,
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

export function requestsOf(
  draws: readonly DrawnRequest[],
  clients: readonly PlannedClient[],
  applications: readonly Application[],
  fromMs: number,
  toMs: number,
): readonly RequestEntry[] {
  return draws.map((drawn, index) => {
    const client = clients[drawn.client % clients.length]!;
    const app = applications[drawn.application % applications.length]!;
    return {
      id: `r${index + 1}`,
      atMs: fromMs + Math.floor(((toMs - fromMs) * drawn.atPermille) / 1000),
      do: 'request',
      client: client.name,
      request: requestOf(drawn, app),
    };
  });
}
