// Small evidence made by hand: objects as the store changed, configs as the product would make them of those objects, calls
// of a controller; and one check of a property over it.
import { expect } from 'vitest';
import {
  type ApiCall,
  type ConfigRecord,
  createEvidence,
  type Evidence,
  type FaultRecord,
  type StoreChange,
  type SwapRecord,
} from '../../../../sim/evidence/evidence.ts';
import type { Circumstances, Property } from '../../../../sim/properties/property.ts';
import { watchedResources } from '../../../../sim/properties/reading/view.ts';
import type { GatewayConfig } from '../../../../src/kong/config.ts';
import type { KubeObject } from '../../../../src/kube/object.ts';
import { createStore } from '../../../../src/store/store.ts';
import { defaultOptions } from '../../../../src/translate/options.ts';
import { translate } from '../../../../src/translate/translate.ts';

export const second = 1_000_000;

const plain: Circumstances = {
  mode: 'split',
  gateways: 1,
  workers: 1,
  controllers: 1,
  healUs: 20 * second,
  endUs: 100 * second,
  endedEarly: false,
  startedUs: 5 * second,
  bootUs: 2 * second,
  freshUs: second,
  recoverUs: 30 * second,
  recoverAfterUs: 0,
  keepaliveUs: 75 * second,
  leaseUs: 3 * second,
  leaseRetryUs: second / 2,
  renewDeadlineUs: 2 * second,
  watchIdleUs: 10 * second,
  publicPorts: { http: '8000', https: '8443' },
  asksClients: false,
  keepsConfig: false,
  objects: new Map(),
  promises: [],
};

/** `expected`: a part of the first violation; null: the promise was put to the test and kept. */
export function check(
  property: Property,
  told: Partial<Evidence>,
  expected: string | null,
  circumstances: Partial<Circumstances> = {},
): void {
  const { premises, violations } = property.judge(
    { ...createEvidence(), ...told },
    { ...plain, ...circumstances },
  );
  if (expected === null) {
    expect(violations).toEqual([]);
    expect(premises).toBeGreaterThan(0);
  } else expect(violations[0]?.message ?? 'no violation').toContain(expected);
}

interface Place {
  readonly namespace?: string;
  readonly uid?: string;
  readonly created?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

function metadata(name: string, place: Place): KubeObject['metadata'] {
  const {
    namespace = 'default',
    uid = `uid-${namespace}-${name}`,
    created = '2026-01-01T00:00:00Z',
    annotations = {},
  } = place;
  return { name, namespace, uid, creationTimestamp: created, annotations };
}

export function ingress(
  name: string,
  {
    host = 'shop.example',
    path = '/',
    service = 'shop',
    className = 'kong',
    status = {},
    ...place
  }: Place & {
    readonly host?: string;
    readonly path?: string;
    readonly service?: string;
    readonly className?: string;
    readonly status?: object;
  } = {},
): KubeObject {
  const backend = { service: { name: service, port: { number: 80 } } };
  const paths = [{ path, pathType: path.startsWith('/~') ? 'ImplementationSpecific' : 'Prefix', backend }];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metadata(name, place),
    spec: { ingressClassName: className, rules: [{ host, http: { paths } }] },
    status,
  } as KubeObject;
}

export function service(name: string, place: Place = {}): KubeObject {
  const ports = [{ port: 80, targetPort: 'http' }];
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(name, place),
    spec: { ports },
  } as KubeObject;
}

/** One that is a name of somewhere else. */
export function nameService(name: string, externalName: string): KubeObject {
  const spec = { type: 'ExternalName', externalName, ports: [{ port: 80 }] };
  return { ...service(name), spec } as KubeObject;
}

export function slice(name: string, addresses: readonly string[], place: Place = {}): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata(`${name}-1`, place), labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  } as unknown as KubeObject;
}

export function consumer(name: string, place: Place & { readonly status?: object } = {}): KubeObject {
  const annotations = { 'kubernetes.io/ingress.class': 'kong' };
  return {
    apiVersion: 'configuration.konghq.com/v1',
    kind: 'KongConsumer',
    metadata: { ...metadata(name, { ...place, annotations }), generation: 1 },
    username: name,
    status: place.status ?? {},
  } as KubeObject;
}

/** What the product makes of these objects. */
export function configOf(...objects: readonly KubeObject[]): GatewayConfig {
  const store = createStore();
  for (const object of objects) store.apply({ type: 'upsert', object });
  return translate(store.snapshot(), defaultOptions, null).config;
}

const resourcesByKind: Readonly<Record<string, string>> = {
  Ingress: 'ingresses.networking.k8s.io',
  Service: 'services',
  EndpointSlice: 'endpointslices.discovery.k8s.io',
  KongConsumer: 'kongconsumers.configuration.konghq.com',
  KongConsumerGroup: 'kongconsumergroups.configuration.konghq.com',
  KongUpstreamPolicy: 'kongupstreampolicies.configuration.konghq.com',
  Lease: 'leases.coordination.k8s.io',
  Pod: 'pods',
  Secret: 'secrets',
};

export function change(
  version: number,
  type: StoreChange['type'],
  object: KubeObject,
  previous: KubeObject | null = null,
  atUs = version * 1_000,
): StoreChange {
  return { version, atUs, resource: resourcesByKind[object.kind]!, type, object, previous };
}

/** Objects that are there from the beginning: versions 1, 2, 3, ... */
export const added = (...objects: readonly KubeObject[]): StoreChange[] =>
  objects.map((object, index) => change(index + 1, 'ADDED', object));

/** A config as a gateway took it, from the state of one version of everything. */
export function taken(
  config: GatewayConfig,
  version: number,
  seconds: number,
  { gateway = 'gateway-1', epoch = 1 }: { readonly gateway?: string; readonly epoch?: number } = {},
): ConfigRecord {
  const revision = JSON.stringify(
    Object.fromEntries(watchedResources.map((name) => [name, String(version)])),
  );
  return { gateway, atUs: seconds * second, config, epoch, revision };
}

export const swap = (configId: string, seconds: number, gateway = 'gateway-1'): SwapRecord => ({
  gateway,
  worker: 0,
  life: 1,
  atUs: seconds * second,
  configId,
});

export const started = (host: string, seconds = 0, life = 1): Evidence['lives'][number] => ({
  host,
  life,
  atUs: seconds * second,
  what: 'start',
});

export function fault(
  name: string,
  fromSeconds: number,
  toSeconds: number,
  more: Partial<FaultRecord> = {},
): FaultRecord {
  return {
    id: name,
    fault: name,
    harms: ['control'],
    target: '',
    parameters: {},
    fromUs: fromSeconds * second,
    toUs: toSeconds * second,
    hits: 1,
    ...more,
  };
}

/** A call that was answered at once, unless something else is said. */
export function call(path: string, seconds: number, more: Partial<ApiCall> = {}): ApiCall {
  const atUs = seconds * second;
  return {
    host: 'controller-1',
    life: 1,
    method: 'GET',
    path,
    body: '',
    sentUs: atUs,
    headUs: atUs,
    endUs: atUs,
    status: 200,
    error: '',
    isWatch: path.includes('watch=true'),
    leading: true,
    versionAtSend: 0,
    versionAtEnd: 100,
    heardUs: atUs,
    silentUsMax: 0,
    retryAfterMs: -1,
    wholeUs: -1,
    ...more,
  };
}

export function statusWrite(
  resource: 'ingresses' | 'kongconsumers',
  name: string,
  status: object,
  seconds: number,
  more: Partial<ApiCall> = {},
): ApiCall {
  const group = resource === 'ingresses' ? 'networking.k8s.io' : 'configuration.konghq.com';
  const body = JSON.stringify({ metadata: { uid: `uid-default-${name}` }, status });
  const path = `/apis/${group}/v1/namespaces/default/${resource}/${name}/status`;
  return call(path, seconds, { method: 'PATCH', body, ...more });
}

export function lease(version: number, seconds: number, holder: string, transitions = 0): StoreChange {
  const object = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'tidegate-leader', namespace: 'default' },
    spec: { holderIdentity: holder, leaseTransitions: transitions, leaseDurationSeconds: 3 },
  } as KubeObject;
  return change(version, 'MODIFIED', object, null, seconds * second);
}
