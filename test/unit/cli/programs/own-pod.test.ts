// Pods of our own image in the embedded cluster: which they are, and what becomes of their arguments on this machine.
import { describe, expect, test } from 'vitest';
import type { StoredObject } from '../../../../sim/cluster/store-api.ts';
import { ownProgram, settledArguments, toldApi } from '../../../../src/cli/programs/own-pod.ts';

const pod = (containers: readonly object[]): StoredObject =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers },
  }) as unknown as StoredObject;
const place = { address: '127.2.0.7', folder: '/tmp/x' };

describe('a pod of ours', () => {
  const yes: readonly (readonly [string, readonly string[]])[] = [
    ['tidegate', ['run']],
    ['tidegate:0.1.0', ['proxy', '--workers=2']],
    ['registry.example:5000/team/tidegate@sha256:00', ['controller']],
  ];
  test.each(yes)('%s %j', (image, args) => {
    expect(ownProgram(pod([{ name: 'c', image, args }]))?.args).toEqual(args);
  });

  const no: readonly (readonly [string, readonly object[]])[] = [
    ['the pod server, which needs no process of its own', [{ image: 'tidegate:1', args: ['pod'] }]],
    ['another image', [{ image: 'example.com/tidegate-shop:1', args: ['run'] }]],
    ['no arguments', [{ image: 'tidegate:1' }]],
    ['a container beside', [{ image: 'tidegate:1', args: ['run'] }, { image: 'sidecar:1' }]],
  ];
  test.each(no)('not %s', (_name, containers) => {
    expect(ownProgram(pod(containers))).toBeNull();
  });
});

describe('arguments', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    [
      'what it listens on everywhere is its own address',
      ['run', '--listen=0.0.0.0'],
      ['run', '--listen=127.2.0.7', '--admin-listen=127.2.0.7'],
    ],
    [
      'its loopback is its own',
      ['run', '--admin-listen=127.0.0.1'],
      ['run', '--admin-listen=127.2.0.7', '--listen=127.2.0.7'],
    ],
    [
      'the status page too',
      ['proxy', '--status-listen=::'],
      ['proxy', '--status-listen=127.2.0.7', '--listen=127.2.0.7', '--admin-listen=127.2.0.7'],
    ],
    ['a controller has no Admin API', ['controller'], ['controller', '--listen=127.2.0.7']],
    [
      'a mounted folder is one of its own',
      ['controller', '--x=/data/a'],
      ['controller', '--x=/tmp/x/data/a', '--listen=127.2.0.7'],
    ],
    [
      'all else stays',
      ['controller', '--publish-service=a/b'],
      ['controller', '--publish-service=a/b', '--listen=127.2.0.7'],
    ],
  ];
  test.each(cases)('%s', (_name, args, expected) => {
    expect(settledArguments({ name: 'c', args, env: {}, folders: ['/data'] }, place)).toEqual(expected);
  });
});

describe('the API that a pod is told of', () => {
  const env = [
    { name: 'KUBERNETES_SERVICE_HOST', value: '127.0.0.1' },
    { name: 'KUBERNETES_SERVICE_PORT', value: '7443' },
  ];
  const mounts = [{ name: 'own', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }];
  const volumes = [
    { name: 'own', projected: { sources: [{ downwardAPI: {} }, { configMap: { name: 'authority' } }] } },
  ];
  const cases: readonly (readonly [string, object, readonly object[], object | null])[] = [
    ['nothing of its own', {}, [], null],
    ['a place alone', { env }, volumes, null],
    ['an authority alone', { volumeMounts: mounts }, volumes, null],
    ['another folder', { env, volumeMounts: [{ name: 'own', mountPath: '/data' }] }, volumes, null],
    [
      'both',
      { env, volumeMounts: mounts },
      volumes,
      { url: 'https://127.0.0.1:7443', authority: 'authority' },
    ],
    [
      'a place without a port',
      { env: env.slice(0, 1), volumeMounts: mounts },
      volumes,
      { url: 'https://127.0.0.1:443', authority: 'authority' },
    ],
  ];
  test.each(cases)('%s', (_name, container, own, expected) => {
    const made = pod([{ name: 'c', image: 'tidegate:1', args: ['run'], ...container }]);
    expect(toldApi({ ...made, spec: { ...made.spec, volumes: own } } as StoredObject)).toEqual(expected);
  });
});
