// A client of the gateways: keeps connections open, sends what its plan says, and takes down what became of it. One that
// pipelines has a single connection; the others take an idle one or open another, so that no request waits for another.

import type { Env } from '../../src/ports/env.ts';
import type { RequestRecord } from '../evidence/evidence.ts';
import type { PlannedClient, PlannedRequest } from '../history/plan.ts';
import { announcementOf } from './announcement.ts';
import { ClientConnection } from './connection.ts';
import { createCookieJar } from './cookie-jar.ts';
import { requestText } from './request-text.ts';

/** What a client needs of where it lives: its clock, and streams to the gateways. */
export type ClientEnv = Pick<Env, 'clock' | 'tcp' | 'tls'>;

export interface ClientTarget {
  /** Name of the gateway's host. */
  readonly gateway: string;
  readonly address: string;
  readonly port: number;
}

export interface ClientOptions {
  readonly target: ClientTarget;
  readonly plan: PlannedClient;
  /** Where records go, at the moment of sending. */
  readonly records: RequestRecord[];
  readonly timeoutMs: number;
  /** Connections begin with a PROXY protocol header. */
  readonly announces: boolean;
  /** What gateways take of a body at most; absent or 0 = any size. */
  readonly bodyBytesMax?: number;
}

export interface Client {
  readonly name: string;
  /** `done` is called once, when nothing more will become of the request. */
  send(nonce: string, request: PlannedRequest, done?: (record: RequestRecord) => void): void;
  /** Closes idle connections and those that are still open to WebSockets. */
  close(): void;
  /** Drops all connections; what was not answered counts as aborted. */
  abandon(): void;
}

export function createClient(env: ClientEnv, options: ClientOptions): Client {
  const { plan, target, records, timeoutMs } = options;
  const connections: Set<ClientConnection> = new Set();
  const cookies = createCookieJar();
  let made = 0;

  const connectionFor = (serverName: string, alone: boolean): ClientConnection => {
    if (!alone)
      for (const connection of connections) {
        if (plan.tls && connection.serverName !== serverName) continue;
        if (plan.pipelines ? connection.takesMore : connection.idle) return connection;
      }
    const connection = new ClientConnection(env, target, {
      serverName: plan.tls ? serverName : null,
      readBytesPerSecond: plan.readBytesPerSecond,
      announcement: options.announces ? announcementOf(plan.name, made++, plan.announces) : null,
      shows: plan.shows ?? '',
      onGone: () => connections.delete(connection),
    });
    connections.add(connection);
    return connection;
  };

  return {
    name: plan.name,
    send(nonce, planned, done) {
      const request = planned.keepsCookies === true ? cookies.withOwn(planned) : planned;
      const text = requestText(nonce, request);
      const serverName = request.host.replace(/:\d+$/, '');
      const connection = connectionFor(serverName, request.kind === 'websocket');
      const record: RequestRecord = {
        nonce,
        client: plan.name,
        gateway: target.gateway,
        scheme: plan.tls ? 'https' : 'http',
        kind: request.kind,
        method: request.method,
        host: request.host,
        path: request.path,
        sentHeaders: request.headers,
        bodyBytes: request.bodyBytes,
        bodyBytesMax: options.bodyBytesMax ?? 0,
        bodyHash: text.bodyHash,
        readBytesPerSecond: plan.readBytesPerSecond,
        sentUs: env.clock.monotonicUs(),
        doneUs: -1,
        status: 0,
        headers: {},
        body: '',
        complete: false,
        error: '',
        certificate: '',
        certificatePem: '',
        connectedUs: -1,
        origin: '',
        messages: [],
        announced: connection.announcement,
        shows: plan.shows ?? '',
        reused: connection.used,
      };
      records.push(record);
      connection.send(record, request, text, timeoutMs, (ended) => {
        cookies.take(ended);
        done?.(ended);
      });
    },
    close() {
      for (const connection of [...connections]) connection.close();
    },
    abandon() {
      for (const connection of [...connections]) connection.abort('close');
    },
  };
}
