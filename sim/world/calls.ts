// What lies between a controller and the APIs it calls: everything is taken down, and faults can put themselves in the
// way of single calls, as a hostile proxy would. The controller's own code knows nothing of it.
import type { Clock } from '../../src/ports/clock.ts';
import type { HttpCall, HttpClient, HttpReplyHandler, HttpRequest } from '../../src/ports/http.ts';
import type { ApiCall } from '../evidence/evidence.ts';

/** What a fault may decide by. */
export interface CallFacts {
  readonly host: string;
  readonly life: number;
  /** Name of the gateway, or 'api' for the Kubernetes API. */
  readonly server: string;
  readonly method: string;
  readonly path: string;
  readonly isWatch: boolean;
  readonly isLease: boolean;
  /** The caller's own: what waits on it is never told to a later life. */
  readonly clock: Clock;
}

export type Forward = (request: HttpRequest, handler: HttpReplyHandler) => HttpCall;

export interface Disturbance {
  matches(facts: CallFacts): boolean;
  /** What is done instead of `next`, which is the rest of the way. */
  wrap(facts: CallFacts, next: Forward): Forward;
}

export type Disturbances = Set<Disturbance>;

export interface CallSeams {
  readonly clock: Clock;
  readonly host: string;
  readonly life: number;
  readonly server: string;
  readonly disturbances: Disturbances;
  /** null where calls are not taken down. */
  readonly calls: ApiCall[] | null;
  nowUs(): number;
  version(): number;
  leading(): boolean;
}

function factsOf({ clock, host, life, server }: CallSeams, { method, path }: HttpRequest): CallFacts {
  const isWatch = /[?&]watch=(?:true|1)(?:&|$)/.test(path);
  return { host, life, server, method, path, isWatch, isLease: path.includes('/leases'), clock };
}

function record(seams: CallSeams, facts: CallFacts, request: HttpRequest): ApiCall {
  return {
    host: seams.host,
    life: seams.life,
    method: request.method,
    path: request.path,
    body: request.body === null ? '' : request.body.toString('utf8'),
    sentUs: seams.nowUs(),
    headUs: -1,
    endUs: -1,
    status: 0,
    error: '',
    isWatch: facts.isWatch,
    leading: seams.leading(),
    versionAtSend: seams.version(),
    versionAtEnd: 0,
  };
}

function recorded(seams: CallSeams, call: ApiCall, handler: HttpReplyHandler): HttpReplyHandler {
  return {
    onHead(status, headers) {
      call.headUs = seams.nowUs();
      call.status = status;
      handler.onHead(status, headers);
    },
    onData: (bytes) => handler.onData(bytes),
    onEnd(error) {
      call.endUs = seams.nowUs();
      call.error = error ?? '';
      call.versionAtEnd = seams.version();
      handler.onEnd(error);
    },
  };
}

export function watchCalls(inner: HttpClient, seams: CallSeams): HttpClient {
  return {
    request(request, handler) {
      const facts = factsOf(seams, request);
      let told = handler;
      if (seams.calls !== null) {
        const call = record(seams, facts, request);
        seams.calls.push(call);
        told = recorded(seams, call, handler);
      }
      let forward: Forward = (sent, to) => inner.request(sent, to);
      for (const disturbance of seams.disturbances)
        if (disturbance.matches(facts)) forward = disturbance.wrap(facts, forward);
      return forward(request, told);
    },
  };
}
