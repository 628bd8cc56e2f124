// How faults of the control plane stand between controllers and the APIs that they call: other answers than the server's,
// none at all, or the lines of a watch one by one.
import { keyedUint32 } from '../../src/base/prng.ts';
import type { HttpReplyHandler } from '../../src/ports/http.ts';
import type { WatchEnd } from '../cluster/api/watch.ts';
import { statusDocument } from '../cluster/failure.ts';
import type { ApiFailure } from '../cluster/store-api.ts';
import type { CallFacts, Disturbance, Forward } from '../world/calls.ts';
import type { World } from '../world/world.ts';
import type { Stage } from './fault.ts';

/** What comes from something near, such as a proxy that answers by itself. */
const nearMs = 1;

/** Stands there until the returned call. */
export function standInTheWay(world: World, disturbance: Disturbance): () => void {
  world.disturbances.add(disturbance);
  return () => world.disturbances.delete(disturbance);
}

/** Calls to the Kubernetes API by the fault's target; '' = by everybody. */
export function isTargets(stage: Stage, facts: CallFacts): boolean {
  const { target } = stage.entry;
  return facts.server === 'api' && (target === '' || target === facts.host);
}

/** True for so many of a thousand calls, keyed by who calls what for the how-manieth time. */
export function createChance(stage: Stage, permille: number): (facts: CallFacts) => boolean {
  const counts: Map<string, number> = new Map();
  return ({ host, method, path }) => {
    const label = `fault ${stage.entry.id} ${host} ${method} ${path.split('?')[0]}`;
    const index = counts.get(label) ?? 0;
    counts.set(label, index + 1);
    return keyedUint32(stage.plan.seed, label, index) % 1000 < permille;
  };
}

/** The call ends so without having reached the server. */
export function failInstead({ clock }: CallFacts, error: string, afterMs = nearMs): Forward {
  return (_request, handler) => clock.after(afterMs, () => handler.onEnd(error));
}

export function answerInstead(
  { clock }: CallFacts,
  failure: ApiFailure,
  headers: Readonly<Record<string, string>>,
  afterMs = nearMs,
): Forward {
  const body = Buffer.from(JSON.stringify(statusDocument(failure)));
  return (_request, handler) =>
    clock.after(afterMs, () => {
      handler.onHead(failure.code, { 'content-type': 'application/json', ...headers });
      handler.onData(body);
      handler.onEnd(null);
    });
}

/** Carried out by the server, while the caller hears nothing of it: 'reset' tells it that it will not, 'silence' does not. */
export function loseAnswer(next: Forward, how: 'reset' | 'silence'): Forward {
  return (request, handler) =>
    next(request, {
      onHead() {},
      onData() {},
      onEnd() {
        if (how === 'reset') handler.onEnd('ECONNRESET');
      },
    });
}

/** Hands out whole lines of an answer with status 200; all else passes as it is. */
export function inLines(
  handler: HttpReplyHandler,
  onLine: (line: Buffer) => void,
  onOver: () => void,
): HttpReplyHandler {
  let isStream = false;
  let rest: Buffer = Buffer.alloc(0);
  return {
    onHead(status, headers) {
      isStream = status === 200;
      handler.onHead(status, headers);
    },
    onData(bytes) {
      if (!isStream) {
        handler.onData(bytes);
        return;
      }
      rest = Buffer.concat([rest, bytes]);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        const line = rest.subarray(0, end + 1);
        rest = rest.subarray(end + 1);
        onLine(line);
      }
    },
    onEnd(error) {
      onOver();
      if (rest.length > 0) handler.onData(rest);
      handler.onEnd(error);
    },
  };
}

/** Ends open watches at every replica; says how many. */
export function endWatches(world: World, how: WatchEnd, resource = ''): number {
  let ended = 0;
  for (const { front } of world.cluster.apiServers)
    ended += front()?.disconnectWatches(how, resource === '' ? undefined : resource) ?? 0;
  return ended;
}
