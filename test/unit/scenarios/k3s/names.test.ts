// What a scenario calls something and what that is called in a cluster: there and back nothing is lost, and nothing of a run stands in
// a place that is not the run's.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createNames } from '../../../../scenarios/runner/k3s/names.ts';
import { withPodServers } from '../../../../scenarios/runner/k3s/workloads.ts';
import type { StoredObject } from '../../../../sim/cluster/store-api.ts';

const names = createNames('tg-1a2b3c');
const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,12}[a-z0-9])?$/);

const objects: fc.Arbitrary<StoredObject> = fc.oneof(
  fc.record({ namespace: name, name, className: name }).map(
    ({ namespace, name: own, className }) =>
      ({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: own, namespace },
        spec: { ingressClassName: className },
      }) as StoredObject,
  ),
  name.map((own) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: own } }) as StoredObject),
  name.map(
    (own) =>
      ({ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: own } }) as StoredObject,
  ),
  fc.record({ namespace: name, name, className: name }).map(
    ({ namespace, name: own, className }) =>
      ({
        apiVersion: 'configuration.konghq.com/v1',
        kind: 'KongConsumer',
        metadata: {
          name: own,
          namespace,
          annotations: { 'kubernetes.io/ingress.class': className, other: 'x' },
        },
      }) as StoredObject,
  ),
);

describe('names of a run', () => {
  test('there and back is the same object', () => {
    fc.assert(
      fc.property(objects, (object) => {
        expect(names.from(names.into(object))).toEqual(object);
      }),
    );
  });

  test('an object of a namespace is in one of the run, whatever the scenario calls it', () => {
    fc.assert(
      fc.property(objects, (object) => {
        const { namespace } = names.into(object).metadata;
        expect(namespace === undefined || namespace.startsWith('tg-1a2b3c-')).toBe(true);
      }),
    );
  });

  test.each([
    ['tg-1a2b3c-shop', 'shop'],
    ['tg-1a2b3c', null],
    ['tg-1a2b3d-shop', null],
    ['default', null],
  ])('%s', (given, own) => expect(names.ownNamespace(given)).toBe(own));
});

describe('workloads', () => {
  const deployment = {
    kind: 'Deployment',
    spec: {
      replicas: 2,
      template: {
        spec: {
          containers: [
            {
              name: 'app',
              image: 'example.com/shop:v1',
              command: ['/app'],
              ports: [{ containerPort: 8080 }, { containerPort: 9090 }],
              env: [
                { name: 'POD_DRAIN', value: 'resets' },
                { name: 'POD_NAME', value: 'x' },
              ],
            },
          ],
        },
      },
    },
  };

  test('are pod servers on the ports of their containers, and say who they are', () => {
    const made = withPodServers(deployment, 'tidegate:1');
    const [container] = made.spec.template.spec.containers as unknown as readonly Record<string, unknown>[];
    expect(container).toMatchObject({
      name: 'app',
      image: 'tidegate:1',
      args: ['pod', '--port=8080', '--port=9090'],
    });
    const env = container!['env'] as readonly { readonly name: string; readonly value?: string }[];
    expect(env.map((one) => one.name)).toEqual([
      'POD_DRAIN',
      'POD_NAME',
      'POD_NAMESPACE',
      'POD_UID',
      'POD_NODE',
      'POD_LOG',
    ]);
    expect(env.find((one) => one.name === 'POD_NAME')!.value).toBeUndefined();
    expect(withPodServers(made, 'tidegate:1')).toEqual(made);
  });

  test('a patch without containers stays what it is', () => {
    const patch = { spec: { replicas: 3 } };
    expect(withPodServers(patch, 'tidegate:1')).toBe(patch);
  });
});
