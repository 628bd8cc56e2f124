// What properties about requests share: for each history the store at any moment, the reference's reading of it, which
// configs workers served with, and whom a request met. Everything is made when first asked for.
import type { Evidence, RequestRecord } from '../evidence/evidence.ts';
import { type ClusterView, createStoreIndex, type StoreIndex } from '../evidence/store-index.ts';
import type { ExpectedBackend, ExpectedEndpoint } from '../reference/endpoints.ts';
import { noRoute, type Resolution } from '../reference/routing.ts';
import { createEncounters, type Encounters } from './encounters.ts';
import { createExpectations, type Expectations, remembered } from './expectations.ts';
import { type Term, termsOf } from './terms.ts';

export type { EndpointPhase } from './expectations.ts';
export { areSame, backendKey } from './expectations.ts';
export type { Term } from './terms.ts';

export interface Outlook extends Expectations, Encounters {
  readonly store: StoreIndex;
  readonly terms: readonly Term[];
  /** Terms that have a moment in common with [fromUs, toUs], of one worker or, for a gateway, of all of its workers. */
  termsDuring(host: string, fromUs: number, toUs: number): readonly Term[];
  /** The objects that a config was made from; null for the empty config of the beginning, and where it does not say. */
  viewOf(term: Term): ClusterView | null;
  /** What a request must lead to under the config of a term; null: no opinion. */
  resolveIn(term: Term, request: RequestRecord): Resolution | null;
  /** The endpoints that a config was made from; none where it does not say. */
  endpointsIn(term: Term, backend: ExpectedBackend): readonly ExpectedEndpoint[];
  /** Ports that the containers of a pod declare; null: there was no such pod. */
  declaredPorts(uid: string): readonly number[] | null;
  /** Uids of the pods that have had an address. */
  ownersOf(address: string): ReadonlySet<string>;
}

/** Kinds whose definitions may come and go. */
const customResources = [
  'kongplugins.configuration.konghq.com',
  'kongclusterplugins.configuration.konghq.com',
  'kongconsumers.configuration.konghq.com',
  'kongupstreampolicies.configuration.konghq.com',
  'kongconsumergroups.configuration.konghq.com',
  'kongvaults.configuration.konghq.com',
  'kongcustomentities.configuration.konghq.com',
] as const;

const noOwners: ReadonlySet<string> = new Set();

function ownersByAddress(store: StoreIndex): ReadonlyMap<string, ReadonlySet<string>> {
  const owners: Map<string, Set<string>> = new Map();
  for (const { object } of store.changes('pods')) {
    const { podIP } = (object as { readonly status?: { readonly podIP?: string } }).status ?? {};
    if (podIP !== undefined)
      remembered(owners, podIP, () => new Set<string>()).add(object.metadata.uid ?? '');
  }
  return owners;
}

interface PodPorts {
  readonly spec?: {
    readonly containers?: readonly { readonly ports?: readonly { readonly containerPort: number }[] }[];
  };
}

function portsByUid(store: StoreIndex): ReadonlyMap<string, readonly number[]> {
  const ports: Map<string, readonly number[]> = new Map();
  for (const { type, object } of store.changes('pods')) {
    if (type !== 'ADDED') continue;
    const { containers = [] } = (object as PodPorts).spec ?? {};
    const own = containers.flatMap((container) =>
      (container.ports ?? []).map(({ containerPort }) => containerPort),
    );
    ports.set(object.metadata.uid ?? '', own);
  }
  return ports;
}

function createOutlook(evidence: Evidence): Outlook {
  const store = createStoreIndex(evidence.store);
  const expectations = createExpectations(store);
  const terms = termsOf(evidence);
  const termsByHost: Map<string, readonly Term[]> = new Map();
  let ports: ReadonlyMap<string, readonly number[]> | null = null;
  let owners: ReadonlyMap<string, ReadonlySet<string>> | null = null;
  const viewOf = ({ config }: Term): ClusterView | null => {
    const revision = config?.revision ?? null;
    return revision === null ? null : store.seen(revision);
  };
  const inDoubt: Map<Term, boolean> = new Map();
  const isInDoubt = (term: Term): boolean =>
    remembered(inDoubt, term, () =>
      customResources.some((resource) =>
        store.mayBeGone(resource, term.config!.revision!, term.config!.atUs),
      ),
    );
  return {
    ...expectations,
    ...createEncounters(evidence),
    store,
    terms,
    viewOf,
    termsDuring(host, fromUs, toUs) {
      const own = remembered(termsByHost, host, () =>
        terms.filter((term) => term.host === host || term.host.startsWith(`${host}/`)),
      );
      return own.filter((term) => term.fromUs <= toUs && term.toUs >= fromUs);
    },
    resolveIn(term, request) {
      const view = viewOf(term);
      if (view !== null && isInDoubt(term)) return null;
      if (view !== null) return expectations.resolve(view, request);
      return term.config === null ? noRoute : null;
    },
    endpointsIn(term, backend) {
      const view = viewOf(term);
      return view === null ? [] : expectations.endpoints(view, backend);
    },
    declaredPorts(uid) {
      ports ??= portsByUid(store);
      return ports.get(uid) ?? null;
    },
    ownersOf(address) {
      owners ??= ownersByAddress(store);
      return owners.get(address) ?? noOwners;
    },
  };
}

/** Evidence is complete when it is judged, and judged by many properties one after the other. */
const outlooks = new WeakMap<Evidence, Outlook>();

export function outlookOf(evidence: Evidence): Outlook {
  let outlook = outlooks.get(evidence);
  if (outlook === undefined) {
    outlook = createOutlook(evidence);
    outlooks.set(evidence, outlook);
  }
  return outlook;
}
