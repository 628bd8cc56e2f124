// Small evidence of requests made by hand: one shop with two pods behind one worker, and a request that went as it should.
// Tables change single records of it.
import type {
  AcceptRecord,
  DialRecord,
  Evidence,
  ReceiptRecord,
  RequestRecord,
  StoreChange,
} from '../../../../sim/evidence/evidence.ts';
import type { GatewayConfig } from '../../../../src/kong/config.ts';
import type { KubeObject } from '../../../../src/kube/object.ts';
import { change, configOf, ingress, second, service, slice, started, taken } from './told.ts';

export const worker = 'gateway-1/worker-0';

export interface ToldEndpoint {
  readonly pod: string;
  readonly address: string;
  readonly ready?: boolean | null;
  readonly serving?: boolean;
  readonly terminating?: boolean;
}

export const podA: ToldEndpoint = { pod: 'shop-a', address: '10.244.0.1' };
export const podB: ToldEndpoint = { pod: 'shop-b', address: '10.244.0.2' };
export const draining = { ready: false, serving: true, terminating: true } as const;
export const unready = { ready: false, serving: false, terminating: false } as const;

/** The slice of a service; `name` tells it from other slices of the same. */
export function endpoints(
  pods: readonly ToldEndpoint[],
  { of = 'shop', name = 'shop-1' }: { readonly of?: string; readonly name?: string } = {},
): KubeObject {
  const made = slice(of, []) as KubeObject & { readonly metadata: object };
  return {
    ...made,
    metadata: { ...made.metadata, name },
    endpoints: pods.map(({ pod, address, ready = true, serving = true, terminating = false }) => ({
      addresses: [address],
      conditions: ready === null ? {} : { ready, serving, terminating },
      targetRef: { kind: 'Pod', namespace: 'default', name: pod, uid: `uid-${pod}` },
    })),
  } as unknown as KubeObject;
}

export function pod(name: string, env: Readonly<Record<string, string>> = {}, more: object = {}): KubeObject {
  const address = name === podA.pod ? podA.address : podB.address;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'default', name, uid: `uid-${name}`, ...more },
    spec: {
      terminationGracePeriodSeconds: 30,
      containers: [
        {
          name: 'app',
          ports: [{ containerPort: 8080 }],
          env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
        },
      ],
    },
    status: { podIP: address },
  } as unknown as KubeObject;
}

export const shop = ingress('shop');
export const shopService = service('shop');
export const bothPods = endpoints([podA, podB]);
export const right = configOf(shopService, bothPods, shop);
export const withoutA = configOf(shopService, endpoints([podB]), shop);

export const store: readonly StoreChange[] = [shopService, bothPods, shop, pod('shop-a'), pod('shop-b')].map(
  (object, index) => change(index + 1, 'ADDED', object),
);

/** A later state of an object. */
export function changed(version: number, object: KubeObject, seconds: number): StoreChange {
  return change(version, 'MODIFIED', object, null, seconds * second);
}

const origin = '192.168.0.1:32768';

export function request(more: Partial<RequestRecord> = {}): RequestRecord {
  const nonce = more.nonce ?? 'r1';
  return {
    nonce,
    client: 'client-1',
    gateway: 'gateway-1',
    scheme: 'http',
    kind: 'plain',
    method: 'GET',
    host: 'shop.example',
    path: '/',
    sentHeaders: {},
    bodyBytes: 0,
    bodyHash: 'none',
    readBytesPerSecond: 0,
    sentUs: 10 * second,
    doneUs: 10 * second + 20_000,
    status: 200,
    headers: { 'x-kong-upstream-latency': '1', 'content-type': 'application/json' },
    body: JSON.stringify({ nonce, namespace: 'default', pod: 'shop-a' }),
    complete: true,
    error: '',
    certificate: '',
    certificatePem: '',
    announced: null,
    bodyBytesMax: 0,
    shows: '',
    connectedUs: 9 * second,
    origin,
    messages: [],
    reused: false,
    ...more,
  };
}

/** An answer that the gateway makes by itself. */
export function refusal(status: number, more: Partial<RequestRecord> = {}): RequestRecord {
  return request({ status, headers: {}, body: '{"message":"no"}', ...more });
}

export function receipt(more: Partial<ReceiptRecord> = {}): ReceiptRecord {
  return {
    nonce: 'r1',
    atUs: 10 * second + 10_000,
    pod: 'default/shop-a',
    uid: 'uid-shop-a',
    address: podA.address,
    port: 8080,
    method: 'GET',
    path: '/',
    bodyHash: 'none',
    headers: {
      host: 'shop.example',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'shop.example',
      'x-forwarded-for': '192.168.0.1',
      'x-real-ip': '192.168.0.1',
    },
    status: 200,
    connectedUs: 10 * second,
    originPort: 40_000,
    mischief: '',
    ...more,
  };
}

export const fromB = (more: Partial<ReceiptRecord> = {}): ReceiptRecord =>
  receipt({
    pod: 'default/shop-b',
    uid: 'uid-shop-b',
    address: podB.address,
    originPort: 40_001,
    ...more,
  });

export function dial(more: Partial<DialRecord> = {}): DialRecord {
  return {
    host: worker,
    address: podA.address,
    port: 8080,
    atUs: 10 * second,
    localPort: 40_000,
    goneUs: -1,
    ...more,
  };
}

export const dialB = (more: Partial<DialRecord> = {}): DialRecord =>
  dial({ address: podB.address, localPort: 40_001, ...more });

export const accept = (more: Partial<AcceptRecord> = {}): AcceptRecord => ({
  host: worker,
  origin,
  atUs: 9 * second,
  ...more,
});

/** The worker serves with each config from its second on. */
export function served(
  ...steps: readonly (readonly [config: GatewayConfig, version: number, seconds: number])[]
): Pick<Evidence, 'configs' | 'swaps' | 'lives'> {
  return {
    configs: steps.map(([config, version, seconds]) => taken(config, version, seconds)),
    swaps: steps.map(([config, , seconds]) => ({
      gateway: 'gateway-1',
      worker: 0,
      life: 1,
      atUs: seconds * second + 1_000,
      configId: config.id,
    })),
    lives: [started('gateway-1'), started(worker)],
  };
}

/** Everything as it should be, but for what is given. */
export function told(more: Partial<Evidence> = {}): Partial<Evidence> {
  return {
    store: [...store],
    ...served([right, 5, 1]),
    requests: [request()],
    receipts: [receipt()],
    dials: [dial(), dialB()],
    accepts: [accept()],
    ...more,
  };
}
