// Strategic merge patch through the API: lists that merge by key, their order, and the directives.
import { describe, test } from 'vitest';
import { patchTypes } from './fixture.ts';
import {
  type Case,
  check,
  containersOf,
  createDeployment,
  deployments,
  podSpec,
  shortly,
} from './patch-case.ts';

const strategicCases: readonly Case[] = [
  {
    does: 'items merge by their key and keep their place',
    patch: podSpec([{ name: 'a', image: 'a:2' }]),
    becomes: ['a=a:2 ports 80,81 env X,Y', 'b=b:1'],
  },
  {
    does: 'new items come first',
    patch: podSpec([{ name: 'c', image: 'c:1' }]),
    becomes: ['c=c:1', 'a=a:1 ports 80,81 env X,Y', 'b=b:1'],
  },
  {
    does: 'items named come in the order of the patch',
    patch: podSpec([{ name: 'b' }, { name: 'a' }]),
    becomes: ['b=b:1', 'a=a:1 ports 80,81 env X,Y'],
  },
  {
    does: 'an order of its own, as kubectl apply sends it',
    patch: {
      spec: {
        template: {
          spec: {
            '$setElementOrder/containers': [{ name: 'a' }, { name: 'c' }],
            containers: [{ name: 'c', image: 'c:1' }],
          },
        },
      },
    },
    becomes: ['a=a:1 ports 80,81 env X,Y', 'c=c:1', 'b=b:1'],
  },
  {
    does: 'a list inside a list',
    patch: podSpec([
      { name: 'a', ports: [{ containerPort: 81, name: 'admin' }], env: [{ name: 'Y', value: '9' }] },
    ]),
    becomes: ['a=a:1 ports 80,81 env X,Y', 'b=b:1'],
  },
  {
    does: '$patch: delete takes an item',
    patch: podSpec([{ name: 'a', $patch: 'delete' }]),
    becomes: ['b=b:1'],
  },
  {
    does: '$patch: delete inside a list',
    patch: podSpec([{ name: 'a', env: [{ name: 'X', $patch: 'delete' }] }]),
    becomes: ['a=a:1 ports 80,81 env Y', 'b=b:1'],
  },
  {
    does: '$patch: replace takes the list whole',
    patch: podSpec([{ $patch: 'replace' }, { name: 'c', image: 'c:1' }]),
    becomes: ['c=c:1'],
  },
  {
    does: 'null takes a member',
    patch: podSpec([{ name: 'a', env: null }]),
    becomes: ['a=a:1 ports 80,81', 'b=b:1'],
  },
];

describe('strategic merge patch', () => {
  test.each(strategicCases)('$does', (one) =>
    check(createDeployment(), `${deployments}/shop`, 'strategic', one, (object) =>
      containersOf(object).map(shortly),
    ),
  );

  test.each<Case & { readonly view: string }>([
    {
      does: '$patch: replace of a map',
      view: 'metadata.labels',
      patch: { metadata: { labels: { $patch: 'replace', only: 'this' } } },
      becomes: { only: 'this' },
    },
    {
      does: '$deleteFromPrimitiveList',
      view: 'metadata.finalizers',
      patch: { metadata: { '$deleteFromPrimitiveList/finalizers': ['x.example/one'] } },
      becomes: ['x.example/two'],
    },
    {
      does: 'plain values are added, new ones first',
      view: 'metadata.finalizers',
      patch: { metadata: { finalizers: ['x.example/three'] } },
      becomes: ['x.example/three', 'x.example/one', 'x.example/two'],
    },
    {
      does: '$retainKeys takes what it does not name',
      view: 'spec.strategy',
      patch: { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
      becomes: { type: 'Recreate' },
    },
    {
      does: 'a list without a key is replaced',
      view: 'spec.template.spec.containers.0.args',
      patch: podSpec([{ name: 'a', args: ['new'] }]),
      becomes: ['new'],
    },
  ])('$does', (one) => {
    const fixture = createDeployment();
    const start = { metadata: { labels: { old: '1' }, finalizers: ['x.example/one', 'x.example/two'] } };
    fixture.must('PATCH', `${deployments}/shop`, start, patchTypes.merge);
    fixture.must(
      'PATCH',
      `${deployments}/shop`,
      podSpec([{ name: 'a', args: ['x', 'y'] }]),
      patchTypes.strategic,
    );
    check(fixture, `${deployments}/shop`, 'strategic', one, (object) =>
      one.view.split('.').reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], object),
    );
  });
});
