// The clients of a scenario: requests at a steady rate, over a number of connections that a load balancer spreads over the
// proxies that are ready.
import type { PlannedClient, PlannedRequest } from '../../sim/history/plan.ts';
import { plainRequest } from '../../sim/history/plan.ts';
import { answerBytesHeader } from '../../sim/pod/answer-body.ts';
import { DrawStream } from '../../sim/scheduler/draws.ts';
import type { ClientSpec } from '../language/client-shape.ts';
import type { RequestLine } from '../language/request-line.ts';
import type { Driver } from './driver.ts';

/** A load balancer in front of the proxies: which of them it sends to. */
export interface Balancer {
  /** Indices of proxies that get requests now. */
  available(): readonly number[];
  /** Takes a proxy out, or puts it back. */
  take(index: number, isOut: boolean): void;
}

export function createBalancer(driver: Driver, proxies: number): Balancer {
  const out = new Set<number>();
  return {
    available: () =>
      Array.from({ length: proxies }, (_, index) => index).filter(
        (index) => !out.has(index) && driver.isProxyReady(index),
      ),
    take(index, isOut) {
      if (isOut) out.add(index);
      else out.delete(index);
    },
  };
}

function requestOf(line: RequestLine, spec: ClientSpec): PlannedRequest {
  const { method, host, path, websocket } = line;
  const headers = Object.fromEntries(spec.headers.map(({ key, value }) => [key.value, value]));
  const withBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
  return {
    ...plainRequest,
    method,
    host,
    path,
    headers: spec.answer === 0 ? headers : { ...headers, [answerBytesHeader]: String(spec.answer) },
    bodyBytes: withBody ? spec.body : 0,
    sendMs: spec['sends-in'],
    abortMs: spec['leaves-after'],
    ...(websocket ? { kind: 'websocket', holdMs: spec.hold } : {}),
  };
}

export interface Load {
  readonly name: string;
  start(): void;
  stop(): void;
}

/** Numbers of TLS connections begin here, so that names stay apart. */
const tlsFrom = 5_000;

export function createLoad(
  driver: Driver,
  balancer: Balancer,
  name: string,
  spec: ClientSpec,
  proxies: number,
  seed: number,
): Load {
  // Between two requests, another moment with each seed: where steps fall between them is not always the same.
  const phaseMs = Math.floor((new DrawStream(seed, `load ${name}`).next() / 2 ** 32) * (1000 / spec.rate));
  const perProxy = Math.max(1, Math.ceil(spec.connections / proxies));
  const requests = spec.send.map((line) => ({ line, request: requestOf(line, spec) }));
  let running = false;
  /** Grows with each start, so that a tick of an earlier one does nothing. */
  let round = 0;
  let sent = 0;
  /** By proxy. */
  const sentTo = Array.from({ length: proxies }, () => 0);
  let fromMs = 0;
  let ticks = 0;
  const clientOf = (gateway: number, tls: boolean): PlannedClient => ({
    name: `${name}-${gateway + 1}-${(tls ? tlsFrom : 1) + (sentTo[gateway]! % perProxy)}`,
    gateway,
    tls,
    pipelines: spec.pipelines,
    readBytesPerSecond: spec.reads,
  });
  const tick = (own: number): void => {
    if (!running || own !== round) return;
    const gateways = balancer.available();
    // Whoever finds nobody ready is turned away by the load balancer and not by a proxy.
    if (gateways.length > 0) {
      const { line, request } = requests[sent % requests.length]!;
      // Shifted by one each round, so that no request belongs to one proxy.
      const turn = (sent % requests.length) + Math.floor(sent / requests.length);
      const gateway = gateways[turn % gateways.length]!;
      driver.send(clientOf(gateway, line.tls), request);
      sent++;
      sentTo[gateway]!++;
    }
    ticks++;
    const nextMs = fromMs + Math.round((ticks * 1000) / spec.rate);
    driver.after(nextMs - driver.nowMs(), () => tick(own));
  };
  return {
    name,
    start() {
      if (running) return;
      running = true;
      const own = ++round;
      ticks = 0;
      driver.after(phaseMs, () => {
        fromMs = driver.nowMs();
        tick(own);
      });
    },
    stop() {
      running = false;
    },
  };
}
