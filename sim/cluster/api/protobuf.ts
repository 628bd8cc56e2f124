// Kubernetes protobuf bodies: kubectl sends them for a few plain creations. Namespaces, config maps, secrets and delete
// options are understood; for anything else the answer names the way out.
import { fail, ok, type Result } from '../../../src/base/result.ts';

interface Field {
  readonly number: number;
  readonly bytes: Buffer;
  readonly value: number;
}

function readVarint(bytes: Buffer, at: number): readonly [value: number, next: number] {
  let value = 0;
  let scale = 1;
  for (let i = at; i < bytes.length && i < at + 10; i++) {
    value += (bytes[i]! & 0x7f) * scale;
    scale *= 128;
    if (bytes[i]! < 0x80) return [value, i + 1];
  }
  return [value, bytes.length + 1];
}

function readFields(bytes: Buffer): Field[] | null {
  const fields: Field[] = [];
  let at = 0;
  while (at < bytes.length) {
    const [tag, afterTag] = readVarint(bytes, at);
    const [value, afterValue] = readVarint(bytes, afterTag);
    const number = Math.floor(tag / 8);
    if (tag % 8 === 0) {
      fields.push({ number, bytes: bytes.subarray(0, 0), value });
      at = afterValue;
    } else if (tag % 8 === 2) {
      fields.push({ number, bytes: bytes.subarray(afterValue, afterValue + value), value: 0 });
      at = afterValue + value;
    } else return null;
    if (at > bytes.length) return null;
  }
  return fields;
}

const textOf = (bytes: Buffer, number: number): string =>
  readFields(bytes)
    ?.find((field) => field.number === number)
    ?.bytes.toString('utf8') ?? '';

function mapOf(
  fields: readonly Field[],
  number: number,
  base64: boolean,
): Record<string, string> | undefined {
  const entries = fields
    .filter((field) => field.number === number)
    .map((field): [string, string] => {
      const value = readFields(field.bytes)?.find((part) => part.number === 2)?.bytes;
      return [textOf(field.bytes, 1), value?.toString(base64 ? 'base64' : 'utf8') ?? ''];
    });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function metadataOf(bytes: Buffer | undefined): Record<string, unknown> {
  const fields = (bytes === undefined ? null : readFields(bytes)) ?? [];
  const text = (number: number): string | undefined =>
    fields.find((field) => field.number === number)?.bytes.toString('utf8') || undefined;
  return JSON.parse(
    JSON.stringify({
      name: text(1),
      generateName: text(2),
      namespace: text(3),
      uid: text(5),
      resourceVersion: text(6),
      labels: mapOf(fields, 11, false),
      annotations: mapOf(fields, 12, false),
    }),
  );
}

function contentOf(kind: string, fields: readonly Field[]): Record<string, unknown> | null {
  if (kind === 'Namespace') return {};
  if (kind === 'ConfigMap') return { data: mapOf(fields, 2, false), binaryData: mapOf(fields, 3, true) };
  if (kind !== 'Secret') return null;
  const type = fields.find((field) => field.number === 3)?.bytes.toString('utf8') || undefined;
  return { data: mapOf(fields, 2, true), stringData: mapOf(fields, 4, false), type };
}

export function decodeProtobuf(body: Buffer): Result<Record<string, unknown>> {
  const envelope = body.toString('latin1', 0, 4) === 'k8s\0' ? readFields(body.subarray(4)) : null;
  if (envelope === null) return fail('the body is not a Kubernetes protobuf message; send application/json');
  const part = (number: number): Buffer =>
    envelope.find((field) => field.number === number)?.bytes ?? Buffer.alloc(0);
  const apiVersion = textOf(part(1), 1);
  const kind = textOf(part(1), 2);
  const fields = readFields(part(2)) ?? [];
  if (kind === 'DeleteOptions') {
    const policy = fields.find((field) => field.number === 4)?.bytes.toString('utf8');
    const grace = fields.find((field) => field.number === 1 && field.bytes.length === 0)?.value;
    return ok(JSON.parse(JSON.stringify({ kind, propagationPolicy: policy, gracePeriodSeconds: grace })));
  }
  if (kind === 'SelfSubjectAccessReview' || kind === 'SelfSubjectReview') return ok({ apiVersion, kind });
  const content = contentOf(kind, fields);
  if (content === null) {
    return fail(
      `protobuf bodies are not understood for ${kind}; send application/json, for example with kubectl create -f or kubectl apply`,
    );
  }
  const metadata = metadataOf(fields.find((field) => field.number === 1)?.bytes);
  return ok(JSON.parse(JSON.stringify({ apiVersion, kind, metadata, ...content })));
}
