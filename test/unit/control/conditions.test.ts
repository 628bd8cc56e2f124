// What is said of a KongConsumer while its object goes on changing: only what was translated counts.
import { describe, expect, it } from 'vitest';
import { createConditionBook } from '../../../src/control/conditions.ts';
import type { KubeObject } from '../../../src/kube/object.ts';
import { createStore } from '../../../src/store/store.ts';
import { defaultOptions } from '../../../src/translate/options.ts';
import { translate } from '../../../src/translate/translate.ts';

interface Version {
  readonly uid: string;
  readonly generation: number;
  readonly revision: string;
}

function consumer({ uid, generation, revision }: Version): KubeObject {
  return {
    apiVersion: 'configuration.konghq.com/v1',
    kind: 'KongConsumer',
    metadata: {
      namespace: 'default',
      name: 'ann',
      uid,
      generation,
      resourceVersion: revision,
      creationTimestamp: '2026-01-01T00:00:00Z',
      annotations: { 'kubernetes.io/ingress.class': 'kong' },
    },
    username: 'ann',
  } as KubeObject;
}

/** The generations that would be written, with the status that is given to them. */
function check(translated: Version, seen: Version): readonly string[] {
  const store = createStore();
  store.apply({ type: 'upsert', object: consumer(translated) });
  const translation = translate(store.snapshot(), defaultOptions, null);
  const book = createConditionBook();
  book.observe({ type: 'upsert', object: consumer(seen) });
  return book.patches(translation, translation.problems, true, 0).map(({ request }) => {
    const { metadata, status } = request.body as {
      metadata: { uid: string };
      status: { conditions: { status: string; observedGeneration: number }[] };
    };
    const { status: outcome, observedGeneration } = status.conditions[0]!;
    return `${metadata.uid} ${outcome} ${observedGeneration}`;
  });
}

describe('what is said of a consumer', () => {
  const first = { uid: 'a', generation: 1, revision: '1' };
  it.each([
    ['what was translated is what is there', first, first, ['a True 1']],
    ['only its metadata or status changed since', first, { ...first, revision: '2' }, ['a True 1']],
    ['a newer generation that is not translated yet', first, { ...first, generation: 2, revision: '2' }, []],
    ['another object under the same name', first, { uid: 'b', generation: 1, revision: '2' }, []],
  ] as const)('%s', (_name, translated, seen, expected) => {
    expect(check(translated, seen)).toEqual(expected);
  });

  it('a list of one kind forgets nothing of another, and each kind has its own place', () => {
    const own = (name: string, kind: string, version: string, more: object): KubeObject =>
      ({
        ...consumer(first),
        apiVersion: `configuration.konghq.com/${version}`,
        kind,
        metadata: {
          ...consumer(first).metadata,
          name,
          ...(kind === 'KongVault' ? { namespace: undefined } : {}),
        },
        ...more,
      }) as KubeObject;
    const objects = [
      consumer(first),
      own('gold', 'KongConsumerGroup', 'v1beta1', {}),
      own('shop', 'KongVault', 'v1alpha1', { spec: { backend: 'env', prefix: 'shop' } }),
      own('cloud', 'KongVault', 'v1alpha1', { spec: { backend: 'aws', prefix: 'cloud' } }),
    ];
    const store = createStore();
    const book = createConditionBook();
    for (const kind of ['KongConsumer', 'KongConsumerGroup', 'KongVault']) {
      const all = objects.filter((object) => object.kind === kind);
      for (const object of all) store.apply({ type: 'upsert', object });
      const { apiVersion } = all[0]!;
      book.observe({ type: 'replaceKind', apiVersion, kind, objects: all, revision: '9' });
    }
    const translation = translate(store.snapshot(), defaultOptions, null);
    const writes = book.patches(translation, translation.problems, true, 0).map(({ request }) => {
      const { status } = request.body as { status: { conditions: { status: string }[] } };
      return `${request.path} ${status.conditions[0]!.status}`;
    });
    const group = '/apis/configuration.konghq.com';
    expect(writes.sort()).toEqual([
      `${group}/v1/namespaces/default/kongconsumers/ann/status True`,
      `${group}/v1alpha1/kongvaults/cloud/status False`,
      `${group}/v1alpha1/kongvaults/shop/status True`,
      `${group}/v1beta1/namespaces/default/kongconsumergroups/gold/status True`,
    ]);
  });
});
