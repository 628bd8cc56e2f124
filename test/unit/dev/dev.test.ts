// The parts of `dev` that work on the embedded cluster, against the real store of the simulated API server.
import { describe, expect, test } from 'vitest';
import { createApiServer } from '../../../sim/cluster/api-server.ts';
import type { StoredObject } from '../../../sim/cluster/store-api.ts';
import { runKey } from '../../../src/cli/dev/actions.ts';
import { applyManifests } from '../../../src/cli/dev/apply-manifests.ts';
import { followChanges } from '../../../src/cli/dev/changes.ts';
import { parseServiceRoute, startServiceRoute } from '../../../src/cli/dev/service-route.ts';
import { parseManifests } from '../../../src/cli/manifests.ts';
import { createClock } from '../../../src/io/clock.ts';
import { createRandom } from '../../../src/io/random.ts';
import { silentLog } from '../../../src/ports/log.ts';

const createApi = () => createApiServer({ clock: createClock(), random: createRandom(), log: silentLog });

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec: { containers: [{ name: shop, image: shop }] }
`;
const service = `
apiVersion: v1
kind: Service
metadata: { name: shop }
spec:
  selector: { app: shop }
  ports: [{ name: http, port: 80, targetPort: 8080 }]
`;

describe('manifests go into the cluster', () => {
  test('in the order that they need each other, in their namespaces', () => {
    const api = createApi();
    const text = `${deployment}---\napiVersion: v1\nkind: Namespace\nmetadata: { name: other }\n---\n${service.replace('name: shop }', 'name: shop, namespace: third }')}`;
    const applied = applyManifests(api, parseManifests(text, 'a.yaml'));
    expect(applied).toEqual({ count: 3, refused: [], unknownKinds: [], hasImages: true });
    expect(api.store.get('deployments.apps', 'default', 'shop')).not.toBeNull();
    expect(api.store.get('services', 'third', 'shop')).not.toBeNull();
  });

  test('what the API server refuses is named with file, line, object and reason; the rest is applied', () => {
    const api = createApi();
    const bad = service.replace('port: 80,', 'port: 0,');
    const applied = applyManifests(api, parseManifests(`${bad}---${deployment}`, 'a.yaml'));
    expect(applied.count).toBe(1);
    expect(applied.refused).toHaveLength(1);
    expect(applied.refused[0]).toMatch(
      /^a\.yaml:2: Service shop: .*spec\.ports\[0\]\.port: Invalid value: 0/,
    );
  });

  test('an unknown kind is named once', () => {
    const api = createApi();
    const unknown = '---\napiVersion: example.com/v1\nkind: Widget\nmetadata: { name: w }\n';
    expect(applyManifests(api, parseManifests(unknown + unknown, 'a.yaml')).unknownKinds).toEqual([
      'example.com/v1 Widget',
    ]);
  });
});

describe('--route', () => {
  test.each([
    [
      'default/shop=localhost:3000',
      { namespace: 'default', service: 'shop', address: '127.0.0.1', port: 3000 },
    ],
    ['shop=127.0.0.1:80', { namespace: 'default', service: 'shop', address: '127.0.0.1', port: 80 }],
  ])('%s', (text, expected) => {
    expect(parseServiceRoute(text)).toEqual(expected);
  });

  test.each([
    ['shop'],
    ['shop=3000'],
    ['shop=localhost:0'],
    ['shop=localhost:70000'],
    ['shop=10.0.0.1:80'],
    ['a/b/c=localhost:80'],
  ])('refuses %s', (text) => {
    expect(() => parseServiceRoute(text)).toThrow(/^--route /);
  });

  test('the Service loses its selector and gets the program as its endpoint, also when it is applied later', () => {
    const { store, resourceOf } = createApi();
    const said: string[] = [];
    startServiceRoute(store, parseServiceRoute('shop=localhost:3000'), (line) => said.push(line));
    applyManifests({ store, resourceOf } as ReturnType<typeof createApi>, parseManifests(service, 'a.yaml'));
    expect(said).toEqual(['service default/shop leads to 127.0.0.1:3000']);
    expect(store.get('services', 'default', 'shop')?.spec?.['selector']).toBeUndefined();
    const slices = store.list('endpointslices.discovery.k8s.io', {
      labelSelector: 'kubernetes.io/service-name=shop',
    });
    expect(slices.map((slice) => [slice['endpoints'], slice['ports']])).toMatchObject([
      [[{ addresses: ['127.0.0.1'] }], [{ name: 'http', port: 3000 }]],
    ]);
  });
});

describe('keys', () => {
  function setUp() {
    const api = createApi();
    applyManifests(api, parseManifests(deployment, 'a.yaml'));
    const lines: string[] = [];
    followChanges(api.store, (line) => lines.push(line));
    return { store: api.store, lines };
  }

  test('s scales up and down', () => {
    const { store, lines } = setUp();
    expect(runKey('s', store, 'now')).toBe('you scaled shop to 10');
    expect(runKey('s', store, 'now')).toBe('you scaled shop to 3');
    expect(lines).toEqual(['deployment shop scaled from 3 to 10', 'deployment shop scaled from 10 to 3']);
  });

  test('r rolls', () => {
    const { store, lines } = setUp();
    expect(runKey('r', store, '2026-01-01T00:00:00Z')).toBe('you rolled shop');
    expect(lines).toEqual(['deployment shop rolls out a new template']);
  });

  test('b breaks an Ingress, then repairs it', () => {
    const { store, lines } = setUp();
    expect(runKey('b', store, 'now')).toBe('you created ingress broken with an invalid regex');
    expect(runKey('b', store, 'now')).toBe('you deleted ingress broken');
    expect(lines).toEqual(['ingress broken created', 'ingress broken deleted']);
  });

  test('k without pods says so, other keys do nothing', () => {
    const { store } = setUp();
    expect(runKey('k', store, 'now')).toBe('there is no ready pod to kill');
    expect(runKey('x', store, 'now')).toBeNull();
  });

  test('Warning events are shown', () => {
    const { store, lines } = setUp();
    const event: StoredObject = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e', namespace: 'default' },
      type: 'Warning',
      reason: 'X',
      message: 'what to do',
      involvedObject: { kind: 'Ingress', namespace: 'default', name: 'shop' },
    };
    expect(store.create('events', event).ok).toBe(true);
    expect(lines).toEqual(['warning on ingress shop: what to do']);
  });
});
