// Which pod a key belongs to where a policy has requests hashed: a naive reading of Kong's ring. A circle of points; each
// endpoint throws its entries on it, one after the other; a key falls on a point and goes down to the next that is taken.
import { xxhash32 } from '../../src/base/xxhash32.ts';
import type { ExpectedBackend, ExpectedEndpoint } from './endpoints.ts';
import { annotationOf, type ClusterObjects, find } from './objects.ts';

export interface ExpectedBalancing {
  /** As the policy names it; 'round-robin' where there is none. */
  readonly algorithm: string;
  /** Lower case; '' where no header is hashed. */
  readonly header: string;
  readonly slots: number;
  readonly checksHealth: boolean;
  /** Gateways ask the pods by themselves. */
  readonly probes: boolean;
  /** Answers with one of these statuses that make a pod unhealthy, without one that would make up for them; 0: nobody counts. */
  readonly passiveLimit: number;
  readonly failureStatuses: readonly number[];
  /** With no more than so many percent of the pods available nobody is asked; 0: there is no such limit. */
  readonly threshold: number;
  /** How long a pod that is new among others takes to its whole share; 0: it has it at once. */
  readonly slowStartUs: number;
}

export const slowStartAnnotation = 'tidegate.dev/slow-start';

const plain: ExpectedBalancing = {
  algorithm: 'round-robin',
  header: '',
  slots: 10_000,
  checksHealth: false,
  probes: false,
  passiveLimit: 0,
  failureStatuses: [],
  threshold: 0,
  slowStartUs: 0,
};

export function expectedBalancing(
  objects: ClusterObjects,
  { namespace, service }: ExpectedBackend,
): ExpectedBalancing {
  const source = find(objects, 'services', namespace, service);
  const name = source === null ? null : annotationOf(source, 'konghq.com/upstream-policy');
  const slowStart = source === null ? null : annotationOf(source, slowStartAnnotation);
  // Plans write it in seconds.
  const slowStartUs = Number(/^(\d+)s$/.exec(slowStart ?? '')?.[1] ?? 0) * 1_000_000;
  if (name === null) return { ...plain, slowStartUs };
  const policy = find(objects, 'kongupstreampolicies.configuration.konghq.com', namespace, name);
  const { algorithm = plain.algorithm, hashOn, slots = plain.slots, healthchecks } = policy?.spec ?? {};
  const header = hashOn?.header?.toLowerCase() ?? '';
  const { healthy, unhealthy } = healthchecks?.passive ?? {};
  // Where successes count they wipe failures out, and probes bring pods back: that is not read here.
  const isSimple = (healthy?.successes ?? 0) === 0 && healthchecks?.active === undefined;
  return {
    algorithm,
    header,
    slots,
    checksHealth: healthchecks !== undefined,
    probes: healthchecks?.active !== undefined,
    passiveLimit: isSimple ? (unhealthy?.httpFailures ?? 0) : 0,
    failureStatuses: unhealthy?.httpStatuses ?? [429, 500, 503],
    threshold: healthchecks?.threshold ?? 0,
    slowStartUs: ['round-robin', 'least-connections', 'latency'].includes(algorithm) ? slowStartUs : 0,
  };
}

/** The endpoint that the key belongs to; all have the same weight and an IPv4 address. null: there is none. */
export function ownerOf(
  key: string,
  endpoints: readonly ExpectedEndpoint[],
  slots: number,
): ExpectedEndpoint | null {
  const points = Math.max(slots, 1000);
  const owners = new Map<number, ExpectedEndpoint>();
  const inOrder = [...endpoints].sort((a, b) =>
    a.address === b.address ? a.port - b.port : a.address < b.address ? -1 : 1,
  );
  for (const endpoint of inOrder) {
    let missing = 160;
    for (let entry = 1; missing > 0; entry++) {
      const point = xxhash32(`${endpoint.address}::${endpoint.port} ${entry}`) % points;
      if (owners.has(point)) continue;
      owners.set(point, endpoint);
      missing--;
    }
  }
  if (owners.size === 0) return null;
  let point = xxhash32(key) % points;
  while (!owners.has(point)) point = (point + points - 1) % points;
  return owners.get(point)!;
}
