// Who a candidate for the Lease is. Processes choose names of their own for each life; worlds call them 'controller-1-2', so
// what is taken down of Leases is told in those names.

import type { Evidence, StoreChange } from '../../../sim/evidence/evidence.ts';
import type { KubeObject } from '../../../src/kube/object.ts';
import type { HttpRequest } from '../../../src/ports/http.ts';

export interface Identity {
  readonly host: string;
  readonly life: number;
}

export interface Identities {
  /** Hears what is written to a Lease, and by whom. */
  hear(host: string, life: number, request: HttpRequest): void;
  /** Who holds the Lease; null: nobody, or nobody of ours. */
  holderOf(lease: KubeObject | null): Identity | null;
  /** Evidence in the names of the world. */
  rename(evidence: Evidence): void;
}

const leases = 'leases.coordination.k8s.io';
const pattern = /"holderIdentity":"([^"]+)"/;

interface Lease extends KubeObject {
  readonly spec?: { readonly holderIdentity?: string };
}

const holderIn = (object: KubeObject): string => (object as Lease).spec?.holderIdentity ?? '';

export function createIdentities(): Identities {
  const known: Map<string, Identity> = new Map();
  const nameOf = (holder: string): string => {
    const own = known.get(holder);
    return own === undefined ? holder : `${own.host}-${own.life}`;
  };
  const renamed = (object: KubeObject): Lease => ({
    ...object,
    spec: { ...(object as Lease).spec, holderIdentity: nameOf(holderIn(object)) },
  });
  const renamedChange = (change: StoreChange): StoreChange => {
    const { object, previous } = change;
    if (change.resource !== leases || holderIn(object) === '') return change;
    return {
      ...change,
      object: renamed(object),
      previous: previous === null ? null : renamed(previous),
    };
  };
  return {
    hear(host, life, { path, body }) {
      if (body === null || !path.includes('/leases')) return;
      const holder = pattern.exec(body.toString('utf8'))?.[1];
      if (holder !== undefined && !known.has(holder)) known.set(holder, { host, life });
    },
    holderOf: (lease) => (lease === null ? null : (known.get(holderIn(lease)) ?? null)),
    rename(evidence) {
      const { store, calls } = evidence;
      store.splice(0, store.length, ...store.map(renamedChange));
      for (const [index, call] of calls.entries())
        if (call.path.includes('/leases') && call.body !== '')
          calls[index] = {
            ...call,
            body: call.body.replace(
              pattern,
              (_whole, holder: string) => `"holderIdentity":"${nameOf(holder)}"`,
            ),
          };
    },
  };
}
