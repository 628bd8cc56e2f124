// Which endpoints of a Service that wants its traffic near become targets of gateways in one zone: kube-proxy's rule
// (KEP-2433, KEP-4444), worked out by hand.
import { expect, test } from 'vitest';
import { decodeEndpointSlice } from '../../../src/kube/endpoint-slice.ts';
import { defaultOptions } from '../../../src/translate/options.ts';
import { findTargets } from '../../../src/translate/targets.ts';

/** 'last number: zones it is meant for' and '!' behind it: it drains; '-': not ready. */
function sliceOf(...endpoints: readonly string[]) {
  const decoded = decodeEndpointSlice({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { namespace: 'n', name: 's', uid: 'u', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: endpoints.map((text) => {
      const [, number, mark, zones = ''] = /^(\d+)([!-]?):?(.*)$/.exec(text)!;
      const forZones = zones
        .split(' ')
        .filter((name) => name !== '')
        .map((name) => ({ name }));
      return {
        addresses: [`10.0.0.${number}`],
        conditions: { ready: mark === '', serving: mark !== '-', terminating: mark === '!' },
        ...(zones === 'none' ? {} : { hints: { forZones } }),
      };
    }),
  });
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.value;
}

const plan = {
  upstream: '00000000-0000-4000-8000-000000000001',
  serviceKey: 'n/web',
  port: { name: 'http', port: 80, protocol: 'TCP', targetPort: null },
  fixed: [],
};

test.each<[string, string, readonly (readonly string[])[], readonly string[]]>([
  ['no zone: all', '', [['1:a', '2:b']], ['1', '2']],
  ['those of the zone', 'a', [['1:a', '2:b', '3:a']], ['1', '3']],
  ['meant for several zones', 'b', [['1:a b', '2:b', '3:a']], ['1', '2']],
  ['none for the zone: all', 'c', [['1:a', '2:b']], ['1', '2']],
  ['one without a hint: all', 'a', [['1:a', '2:b', '3']], ['1', '2', '3']],
  ['one of another slice without a hint: all', 'a', [['1:a', '2:b'], ['3']], ['1', '2', '3']],
  [
    'over all slices',
    'a',
    [
      ['1:a', '2:b'],
      ['3:a', '4:b'],
    ],
    ['1', '3'],
  ],
  ['who is not ready is not asked', 'a', [['1:a', '2-', '3:b']], ['1']],
  ['the last of the zone drains: the others', 'a', [['1!:a', '2:b']], ['2']],
  ['all drain: all of them', 'a', [['1!:a', '2!:b']], ['1', '2']],
  ['nobody', 'a', [[]], []],
])('%s', (_name, zone, slices, expected) => {
  const list = findTargets(
    plan,
    slices.map((one) => sliceOf(...one)),
    { ...defaultOptions, zone },
    null,
  );
  expect(list.targets.map(({ target }) => target.slice('10.0.0.'.length, -':8080'.length))).toEqual(expected);
});

test('a hint that is none is a mistake of its slice', () => {
  const decoded = decodeEndpointSlice({
    metadata: { namespace: 'n', name: 's' },
    endpoints: [{ addresses: ['10.0.0.1'], hints: { forZones: ['a'] } }],
  });
  expect(decoded.ok).toBe(false);
});
