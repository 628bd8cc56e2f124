// P04: what is no endpoint any more is left alone, soon.
import type { Evidence, RequestRecord } from '../evidence/evidence.ts';
import type { PlainSlice } from '../reference/objects.ts';
import { isLate } from './excuses.ts';
import { type Outlook, outlookOf } from './outlook.ts';
import type { Property, Violation } from './property.ts';
import { addressesTold } from './reading/names.ts';

interface Use {
  readonly fromUs: number;
  /** MAX_SAFE_INTEGER while it lasts. */
  toUs: number;
}

const foreverUs = Number.MAX_SAFE_INTEGER;

/** 'address:port' of all endpoints that some service may use, with when. */
function usesOf(outlook: Outlook): ReadonlyMap<string, readonly Use[]> {
  const uses: Map<string, Use[]> = new Map();
  for (const { atUs } of outlook.store.changes('endpointslices.discovery.k8s.io')) {
    const usable: Set<string> = new Set();
    const slices = outlook.store.at(atUs).get('endpointslices.discovery.k8s.io') as readonly PlainSlice[];
    for (const { ports, endpoints } of slices)
      for (const { port = 0 } of ports ?? [])
        for (const { addresses, conditions } of endpoints ?? []) {
          const { ready, serving, terminating } = conditions ?? {};
          // Which draining ones are used depends on the others of the service: here all of them count.
          if ((ready ?? true) || ((serving ?? false) && (terminating ?? false)))
            usable.add(`${addresses[0]}:${port}`);
        }
    for (const [target, list] of uses) {
      const last = list.at(-1)!;
      if (last.toUs === foreverUs && !usable.has(target)) last.toUs = atUs;
    }
    for (const target of usable) {
      const list = uses.get(target) ?? [];
      if (list.at(-1)?.toUs !== foreverUs) list.push({ fromUs: atUs, toUs: foreverUs });
      uses.set(target, list);
    }
  }
  return uses;
}

/** A request from before may still be tried again where it was sent. */
function isBegunBefore(
  requests: readonly RequestRecord[],
  gateway: string,
  removedUs: number,
  atUs: number,
): boolean {
  return requests.some(
    (request) =>
      request.gateway === gateway &&
      request.sentUs <= removedUs &&
      (request.doneUs === -1 || request.doneUs >= atUs),
  );
}

function violationsOf(
  evidence: Evidence,
  uses: ReadonlyMap<string, readonly Use[]>,
  freshUs: number,
): { readonly premises: number; readonly violations: readonly Violation[] } {
  let premises = 0;
  const violations: Violation[] = [];
  const ends = [...uses.values()].flatMap((list) => list.map(({ toUs }) => toUs));
  const firstEndUs = Math.min(foreverUs, ...ends);
  const named = addressesTold(evidence);
  for (const { host, address, port, atUs } of evidence.dials) {
    const [gateway, worker] = host.split('/');
    // An ExternalName has no endpoints; where its name leads is another promise.
    const toldUs = named.get(`${gateway} ${address}`);
    if (toldUs !== undefined && toldUs <= atUs) continue;
    if (worker === undefined || isLate(evidence, atUs) || atUs < firstEndUs + freshUs) continue;
    premises++;
    const list = uses.get(`${address}:${port}`) ?? [];
    if (list.some(({ fromUs, toUs }) => fromUs <= atUs && toUs >= atUs - freshUs)) continue;
    const removedUs = list.findLast(({ toUs }) => toUs <= atUs)?.toUs ?? 0;
    if (isBegunBefore(evidence.requests, gateway!, removedUs + freshUs, atUs)) continue;
    const since =
      removedUs === 0 ? 'which was never an endpoint' : `no endpoint since ${atUs - removedUs} us`;
    violations.push({
      atUs,
      message: `${host} opened a connection to ${address}:${port}, ${since}`,
      witnesses: [host],
    });
  }
  return { premises, violations };
}

export const removedEndpoints: Property = {
  id: 'P04',
  name: 'endpoints that are gone are left alone',
  promise: 'Soon after a pod has left a service, no new connection is opened to it.',
  type: 'safety',
  judge: (evidence, { freshUs }) => violationsOf(evidence, usesOf(outlookOf(evidence)), freshUs),
};
