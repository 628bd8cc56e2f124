// What lies between a controller and the APIs it calls: everything is taken down, and faults can put themselves in the
// way of single calls, as a hostile proxy would. The controller's own code knows nothing of it.
import type { Clock } from '../../src/ports/clock.ts';
import type { HttpCall, HttpClient, HttpReplyHandler, HttpRequest } from '../../src/ports/http.ts';
import { retryAfterMs } from '../../src/ports/json-call.ts';
import type { ApiCall, PushRecord } from '../evidence/evidence.ts';

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
  /** Where configs that are sent are taken down. */
  readonly pushes?: PushRecord[];
  nowUs(): number;
  version(): number;
  leading(): boolean;
}

function factsOf({ clock, host, life, server }: CallSeams, { method, path }: HttpRequest): CallFacts {
  const isWatch = path.includes('watch=') && /[?&]watch=(?:true|1)(?:&|$)/.test(path);
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
    heardUs: seams.nowUs(),
    silentUsMax: 0,
    retryAfterMs: -1,
    wholeUs: -1,
  };
}

/** How the bookmark that ends a streamed list is marked. */
const wholeMark = 'k8s.io/initial-events-end';

function recorded(seams: CallSeams, call: ApiCall, handler: HttpReplyHandler): HttpReplyHandler {
  const heard = (): void => {
    const nowUs = seams.nowUs();
    if (call.headUs !== -1) call.silentUsMax = Math.max(call.silentUsMax, nowUs - call.heardUs);
    call.heardUs = nowUs;
  };
  const streamsList = call.path.includes('sendInitialEvents=true');
  let last = '';
  return {
    onHead(status, headers) {
      heard();
      call.headUs = seams.nowUs();
      call.status = status;
      call.retryAfterMs = retryAfterMs(headers) ?? -1;
      handler.onHead(status, headers);
    },
    onData(bytes) {
      heard();
      if (streamsList && call.wholeUs === -1) {
        const text = last + bytes.toString('latin1');
        if (text.includes(wholeMark)) call.wholeUs = seams.nowUs();
        last = text.slice(-wholeMark.length);
      }
      handler.onData(bytes);
    },
    onEnd(error) {
      heard();
      call.endUs = seams.nowUs();
      call.error = error ?? '';
      call.versionAtEnd = seams.version();
      handler.onEnd(error);
    },
  };
}

/** The controller itself gave it up: nothing more will be heard. */
function abandoned(seams: CallSeams, call: ApiCall): void {
  if (call.endUs !== -1) return;
  if (call.headUs !== -1) call.silentUsMax = Math.max(call.silentUsMax, seams.nowUs() - call.heardUs);
  call.endUs = seams.nowUs();
  call.error = 'cancelled';
  call.versionAtEnd = seams.version();
}

/** What is thrown on the way out has not been sent. */
function sendGuarded(
  forward: Forward,
  request: HttpRequest,
  told: HttpReplyHandler,
  onThrown: () => void,
): HttpCall {
  try {
    return forward(request, told);
  } catch (error) {
    onThrown();
    throw error;
  }
}

/** Requests that carry a config; without what is in it. */
function pushed(seams: CallSeams, method: string, path: string, handler: HttpReplyHandler): HttpReplyHandler {
  if (seams.pushes === undefined || method === 'GET' || !path.startsWith('/config')) return handler;
  const { host, life, server } = seams;
  const push: PushRecord = {
    host,
    life,
    gateway: server,
    method,
    sentUs: seams.nowUs(),
    endUs: -1,
    status: 0,
  };
  seams.pushes.push(push);
  return {
    onHead(status, headers) {
      push.status = status;
      handler.onHead(status, headers);
    },
    onData: (bytes) => handler.onData(bytes),
    onEnd(error) {
      push.endUs = seams.nowUs();
      handler.onEnd(error);
    },
  };
}

export function watchCalls(inner: HttpClient, seams: CallSeams): HttpClient {
  return {
    request(request, handler) {
      const facts = factsOf(seams, request);
      let told = pushed(seams, request.method, request.path, handler);
      let call: ApiCall | null = null;
      if (seams.calls !== null) {
        call = record(seams, facts, request);
        seams.calls.push(call);
        told = recorded(seams, call, handler);
      }
      const disturbed: Forward = (sending, to) => {
        let forward: Forward = (sent, hearer) => inner.request(sent, hearer);
        for (const disturbance of seams.disturbances)
          if (disturbance.matches(facts)) forward = disturbance.wrap(facts, forward);
        return forward(sending, to);
      };
      const sent = sendGuarded(disturbed, request, told, () =>
        call === null ? undefined : abandoned(seams, call),
      );
      return {
        cancel() {
          if (call !== null) abandoned(seams, call);
          sent.cancel();
        },
      };
    },
  };
}
