// Protobuf bodies: what the bytes of a message mean, by example, by law, and in which cases they are refused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeProtobuf } from '../../../sim/cluster/api/protobuf/decode.ts';
import { field, message, varint } from '../../../sim/cluster/api/protobuf/encode.ts';
import { messageOf, protobufMessages } from '../../../sim/cluster/api/protobuf/messages.ts';

const number = (index: number, value: number): Buffer => message(varint(index * 8), varint(value));

function envelope(apiVersion: string, kind: string, raw: Buffer): Buffer {
  const type = message(field(1, apiVersion), field(2, kind));
  return Buffer.concat([Buffer.from('k8s\0'), field(1, type), field(2, raw)]);
}

const entry = (key: string, value: string): Buffer => message(field(1, key), field(2, value));

function check(apiVersion: string, kind: string, raw: Buffer): unknown {
  const decoded = decodeProtobuf(envelope(apiVersion, kind, raw));
  return decoded.ok ? decoded.value : decoded.error;
}

describe('a body', () => {
  test.each<readonly [string, string, Buffer, unknown]>([
    [
      'v1',
      'ConfigMap',
      message(field(1, message(field(1, 'a'))), field(2, entry('k', 'v')), field(2, entry('l', ''))),
      { metadata: { name: 'a' }, data: { k: 'v', l: '' } },
    ],
    ['v1', 'Secret', field(2, entry('k', 'v')), { data: { k: 'dg==' } }],
    ['v1', 'Namespace', message(field(1, message(field(1, 'a'), field(8, '')))), { metadata: { name: 'a' } }],
    // A pointer to zero counts, a plain zero does not.
    ['apps/v1', 'Deployment', field(2, message(number(1, 0), number(5, 0))), { spec: { replicas: 0 } }],
    // Members of an embedded message stand in the message around it.
    [
      'v1',
      'Pod',
      field(2, field(1, message(field(1, 'v'), field(2, field(2, ''))))),
      { spec: { volumes: [{ name: 'v', emptyDir: {} }] } },
    ],
    [
      'policy/v1',
      'PodDisruptionBudget',
      field(2, field(1, message(number(1, 1), field(3, '50%')))),
      { spec: { minAvailable: '50%' } },
    ],
    [
      'coordination.k8s.io/v1',
      'Lease',
      field(2, field(4, number(1, 1_600_000_000))),
      { spec: { renewTime: '2020-09-13T12:26:40.000000Z' } },
    ],
    ['events.k8s.io/v1', 'Event', field(10, 'said'), { note: 'said' }],
    ['v1', 'Event', field(4, 'said'), { message: 'said' }],
    [
      'autoscaling/v1',
      'HorizontalPodAutoscaler',
      field(2, number(4, 80)),
      { spec: { targetCPUUtilizationPercentage: 80 } },
    ],
  ])('of %s %s', (apiVersion, kind, raw, wanted) => {
    expect(check(apiVersion, kind, raw)).toEqual({ apiVersion, kind, ...(wanted as object) });
  });

  test.each([
    [
      'of a kind that is not known',
      envelope('example.com/v1', 'Shop', Buffer.alloc(0)),
      'not understood for Shop',
    ],
    [
      'with a field that is not known',
      envelope('v1', 'ConfigMap', field(99, 'x')),
      'field 99 of ConfigMap is not understood',
    ],
    ['that is cut off', envelope('v1', 'ConfigMap', field(1, 'x').subarray(0, 2)), 'cannot be read'],
    ['that is something else', Buffer.from('{}'), 'not a Kubernetes protobuf message'],
  ])('%s is refused by name', (_name, body, why) => {
    const decoded = decodeProtobuf(body);
    expect(decoded.ok ? '' : decoded.error).toContain(why);
  });
});

test('labels of any text come through', () => {
  const texts = fc.dictionary(fc.string({ minLength: 1 }), fc.string());
  fc.assert(
    fc.property(texts, (labels) => {
      const entries = Object.entries(labels).filter(([key]) => key !== '__proto__');
      const metadata = message(...entries.map(([key, value]) => field(11, entry(key, value))));
      const decoded = check('v1', 'ConfigMap', field(1, metadata)) as { metadata?: { labels?: unknown } };
      expect(decoded.metadata?.labels ?? {}).toEqual(Object.fromEntries(entries));
    }),
  );
});

test('nothing that anybody may send makes the decoder throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const decoded = decodeProtobuf(envelope('v1', 'Pod', Buffer.from(bytes)));
      expect(typeof decoded.ok).toBe('boolean');
    }),
    { numRuns: 2_000 },
  );
});

test('every message that a message names is there, and no number is used twice', () => {
  const plain = new Set([
    'string',
    'bytes',
    'int',
    'bool',
    'Quantity',
    'IntOrString',
    'Time',
    'MicroTime',
    'Raw',
    'Json',
    '',
  ]);
  for (const [name, text] of Object.entries(protobufMessages)) {
    const fields = text === '' ? [] : text.split(', ').map((one) => one.split(' '));
    const numbers = fields.map(([index]) => index);
    expect(new Set(numbers).size, name).toBe(numbers.length);
    for (const [, , type = 'string'] of fields) {
      const bare = type.replace(/^[[{+-]|[\]}?]$/g, '').replace(/[\]}]$/, '');
      expect(plain.has(bare) || protobufMessages[bare] !== undefined, `${name}: ${type}`).toBe(true);
    }
  }
});

test.each([
  ['v1', 'Event', 'Event'],
  ['events.k8s.io/v1', 'Event', 'events.v1.Event'],
  ['rbac.authorization.k8s.io/v1', 'Role', 'Role'],
  ['example.com/v1', 'Shop', null],
])('%s %s is the message %s', (apiVersion, kind, wanted) => {
  expect(messageOf(apiVersion, kind)).toBe(wanted);
});
