// What random histories are made of, as fast-check arbitraries: worlds, knobs, applications that belong together or get in
// each other's way. Every value is drawn independently of the others, so that leaving one out changes no other.
import fc from 'fast-check';
import { defaultKnobs, type Knobs, type WorldShape } from '../plan.ts';
import type { Application, Balancing } from './application.ts';

export const shapes: fc.Arbitrary<WorldShape> = fc.record({
  apiServers: fc.constantFrom(1, 1, 2),
  controllers: fc.constantFrom(1, 1, 2, 3),
  gateways: fc.constantFrom(1, 1, 1, 2, 3),
  workers: fc.constantFrom(1, 2, 2, 3),
  mode: fc.constantFrom('split', 'combined'),
  nodes: fc.constantFrom(1, 2, 3, 5),
});

/** Mostly as in production, now and then small enough that rare paths are common. */
function mostly<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.constantFrom(usual, usual, ...others);
}

export const knobs: fc.Arbitrary<Knobs> = fc
  .record({
    endpointsPerSliceMax: mostly(100, 1, 2, 3),
    nodeGraceMs: mostly(50_000, 5_000),
    paceDelayMsMax: mostly(100, 20, 500),
    pageItems: mostly(500, 1, 2),
    watchIdleTimeoutMs: mostly(90_000, 5_000, 10_000),
    watchSecondsMin: mostly(300, 2, 5),
    lease: fc.constantFrom('slow', 'fast'),
    pushCheckMs: mostly(3_000, 1_000),
    keepaliveTimeoutMs: mostly(75_000, 500, 2_000),
    watchLagMsMax: mostly(0, 100, 400),
    streamsLists: mostly(true, false),
    linkLatencyUs: mostly(250, 50, 2_000),
    linkJitterUs: mostly(100, 0, 3_000),
    segmentBytesMax: mostly(0, 1_460, 200),
    addressReuse: fc.constantFrom('late', 'soon'),
  })
  .map(({ lease, ...drawn }) => ({
    ...defaultKnobs,
    ...drawn,
    ...(lease === 'slow' ? {} : { leaseMs: 3_000, renewDeadlineMs: 2_000, leaseRetryMs: 500 }),
  }));

/** What gateways want of clients. Drawn last, so that histories without it are as they were. */
export const clientKnobs = fc.record({
  proxyProtocol: fc.constantFrom(false, false, false, false, true),
  clientCertificates: fc.constantFrom(false, false, false, false, true),
  bodyBytesMax: fc.constantFrom(0, 0, 0, 4_000, 50_000),
  publicPorts: fc.constantFrom(false, false, false, true),
});

/** Of pods whose health only requests tell. */
export const recoveryKnobs = fc.record({ recoverAfterMs: fc.constantFrom(0, 0, 2_000, 2_000, 3_000) });

/** Pairs that the careless join to the same text. */
const places: readonly (readonly [namespace: string, name: string])[] = [
  ['default', 'shop'],
  ['default', 'blog'],
  ['tenant-a', 'shop'],
  ['tenant-a', 'b-web'],
  ['tenant-a-b', 'web'],
  ['tenant-b', 'blog'],
];

export const namespaces: readonly string[] = [...new Set(places.map(([namespace]) => namespace))].filter(
  (name) => name !== 'default',
);

export const hosts = ['shop.example', 'blog.example', 'a.example'] as const;
const paths = ['/', '/', '/cart', '/cart/items'] as const;

const oneApplication: fc.Arbitrary<Omit<Application, 'namespace' | 'name' | 'balancing'>> = fc.record({
  version: fc.constant(1),
  replicas: fc.constantFrom(1, 2, 2, 3, 3, 4),
  maxSurge: fc.constantFrom(1, 1, 2),
  maxUnavailable: fc.constantFrom(0, 0, 1),
  drain: fc.constantFrom(
    'serves',
    'serves',
    'serves',
    'closes-listener',
    'closes-idle',
    'resets',
    'ignores-term',
  ),
  drainMs: fc.constantFrom(1_000, 2_000, 4_000),
  drainUnready: fc.boolean(),
  latencyMsMax: fc.constantFrom(1, 5, 20, 200),
  timeoutMs: fc.constantFrom(0, 2_000),
  probeSeconds: fc.constantFrom(1, 2, 5),
  gracePeriodSeconds: fc.constantFrom(5, 10),
  host: fc.constantFrom(...hosts),
  path: fc.constantFrom(...paths),
  pathType: fc.constantFrom('Prefix', 'Prefix', 'Exact', 'ImplementationSpecific'),
  namesPort: fc.boolean(),
  keyPair: fc.constantFrom('', 'first', 'second'),
  plugin: fc.constantFrom(
    'none',
    'none',
    'key-auth',
    'key-auth',
    'cors',
    'request-transformer',
    'rate-limiting',
  ),
});

/** One to three, each at a place of its own. */
export const applications: fc.Arbitrary<readonly Application[]> = fc
  .tuple(
    fc.uniqueArray(fc.nat(places.length - 1), { minLength: 1, maxLength: 3 }),
    fc.tuple(oneApplication, oneApplication, oneApplication),
  )
  .map(([chosen, drawn]) =>
    chosen.map((place, index) => {
      const [namespace, name] = places[place]!;
      return { ...drawn[index]!, namespace, name, balancing: 'round-robin' } as Application;
    }),
  );

/** Of each application: whether it is found by a name of DNS. Drawn after all that was there before. */
export const outsides: fc.Arbitrary<readonly boolean[]> = fc.array(
  fc.constantFrom(false, false, false, false, false, true),
  { minLength: 3, maxLength: 3 },
);

/** Zones of gateways, and whether Services care; drawn after all that was there before. */
export const zoneDraws = fc.record({
  gatewayZone: fc.constantFrom('', '', '', 'zone-a', 'zone-c'),
  distributions: fc.array(fc.constantFrom('', 'PreferClose', 'PreferSameZone'), {
    minLength: 3,
    maxLength: 3,
  }),
});

/** Of each application. */
export const balancings: fc.Arbitrary<readonly Balancing[]> = fc.array(
  fc.constantFrom<Balancing[]>(
    'round-robin',
    'round-robin',
    'round-robin',
    'round-robin',
    'hash',
    'hash',
    'least-connections',
    'latency',
    'checked',
    'checked',
    'watched',
    'probed',
    'breaker',
    'sticky',
  ),
  { minLength: 3, maxLength: 3 },
);
