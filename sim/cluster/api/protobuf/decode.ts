// Kubernetes protobuf bodies: kubectl sends them for plain creations. Decoded by the table of field numbers; what the table
// does not have is refused by name instead of being dropped.
import { fail, ok, type Result } from '../../../../src/base/result.ts';
import { formatMicroTime, formatTime } from '../../timestamp.ts';
import { messageOf, protobufMessages } from './messages.ts';

interface WireField {
  readonly number: number;
  /** Null for a number on the wire. */
  readonly bytes: Buffer | null;
  readonly value: bigint;
}

interface FieldRule {
  readonly name: string;
  readonly type: string;
  readonly shape: 'one' | 'list' | 'map' | 'inline' | 'skip';
  /** A zero value was meant, and is kept. */
  readonly pointer: boolean;
}

const advice = 'send application/json, for example with kubectl create -f or kubectl apply';

class ProtobufError extends Error {}

function readVarint(bytes: Buffer, at: number): readonly [value: bigint, next: number] {
  let value = 0n;
  for (let i = 0; i < 10 && at + i < bytes.length; i++) {
    const byte = bytes[at + i]!;
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) return [value, at + i + 1];
  }
  throw new ProtobufError('a number does not end');
}

function readFields(bytes: Buffer): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  while (at < bytes.length) {
    const [tag, afterTag] = readVarint(bytes, at);
    const [value, afterValue] = readVarint(bytes, afterTag);
    const number = Number(tag >> 3n);
    const wireType = Number(tag & 7n);
    if (wireType === 0) {
      fields.push({ number, bytes: null, value });
      at = afterValue;
    } else if (wireType === 2) {
      const end = afterValue + Number(value);
      if (end > bytes.length) throw new ProtobufError('a field is longer than the message');
      fields.push({ number, bytes: bytes.subarray(afterValue, end), value: 0n });
      at = end;
    } else throw new ProtobufError(`wire type ${wireType} is not used by Kubernetes`);
  }
  return fields;
}

function parseRule(text: string): readonly [number, FieldRule] {
  const [number, name, written = 'string'] = text.split(' ') as [string, string, string | undefined];
  const pointer = written.endsWith('?');
  const type = written.replace(/^[[{+]|[\]}?]$/g, '');
  const shapes: Record<string, FieldRule['shape']> = { '[': 'list', '{': 'map', '+': 'inline', '-': 'skip' };
  return [Number(number), { name, type, shape: shapes[written[0]!] ?? 'one', pointer }];
}

const rulesByMessage = new Map<string, ReadonlyMap<number, FieldRule>>();

function rulesOf(message: string): ReadonlyMap<number, FieldRule> {
  let rules = rulesByMessage.get(message);
  if (rules === undefined) {
    rules = new Map(protobufMessages[message]!.split(', ').map(parseRule));
    rulesByMessage.set(message, rules);
  }
  return rules;
}

const noBytes = Buffer.alloc(0);

/** undefined: the zero value of something that is not a pointer, which means that it was not set. */
function decodeValue(rule: FieldRule, { bytes, value }: WireField): unknown {
  const { type, pointer } = rule;
  const content = bytes ?? noBytes;
  switch (type) {
    case 'string':
      return content.length === 0 && rule.shape === 'one' && !pointer ? undefined : content.toString('utf8');
    case 'bytes':
      return content.toString('base64');
    case 'int':
      return value === 0n && !pointer ? undefined : Number(BigInt.asIntN(64, value));
    case 'bool':
      return value === 0n && !pointer ? undefined : value !== 0n;
    case 'Quantity':
      return textField(content, 1);
    case 'IntOrString': {
      const fields = readFields(content);
      const isText = fields.some((field) => field.number === 1 && field.value === 1n);
      if (isText) return textField(content, 3);
      const number = fields.find((field) => field.number === 2)?.value ?? 0n;
      // What was left out and zero look alike where it is no pointer: as the target of a port zero is rarely meant.
      return number === 0n && !pointer ? undefined : Number(BigInt.asIntN(32, number));
    }
    case 'Time':
    case 'MicroTime':
      return decodeTime(type, content);
    case 'Raw':
    case 'Json':
      return decodeJson(textField(content, 1));
    default: {
      const message = decodeMessage(type, content);
      const isAbsent = !pointer && rule.shape === 'one' && Object.keys(message).length === 0;
      return isAbsent ? undefined : message;
    }
  }
}

/** Seconds and nanoseconds; of a time that was never set there is nothing. */
function decodeTime(type: string, bytes: Buffer): string | undefined {
  if (bytes.length === 0) return undefined;
  const fields = readFields(bytes);
  const part = (number: number): number =>
    Number(BigInt.asIntN(64, fields.find((field) => field.number === number)?.value ?? 0n));
  const ms = part(1) * 1000 + Math.floor(part(2) / 1e6);
  return type === 'Time' ? formatTime(ms) : formatMicroTime(ms);
}

function decodeJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new ProtobufError('what should be JSON in it is not');
  }
}

function textField(bytes: Buffer, number: number): string {
  const found = readFields(bytes).find((field) => field.number === number)?.bytes;
  return found?.toString('utf8') ?? '';
}

function decodeEntry(rule: FieldRule, bytes: Buffer): readonly [string, unknown] {
  const value = readFields(bytes).find((field) => field.number === 2);
  return [textField(bytes, 1), decodeValue(rule, value ?? { number: 2, bytes: noBytes, value: 0n }) ?? ''];
}

function decodeMessage(message: string, bytes: Buffer): Record<string, unknown> {
  const rules = rulesOf(message);
  const result: Record<string, unknown> = {};
  for (const field of readFields(bytes)) {
    const rule = rules.get(field.number);
    if (rule === undefined) {
      if (field.bytes === null ? field.value === 0n : field.bytes.length === 0) continue;
      throw new ProtobufError(`field ${field.number} of ${message} is not understood`);
    }
    if (rule.shape === 'skip') continue;
    if (rule.shape === 'map') {
      const [key, value] = decodeEntry(rule, field.bytes ?? noBytes);
      const entries = (result[rule.name] ?? {}) as Record<string, unknown>;
      result[rule.name] = { ...entries, [key]: value };
      continue;
    }
    const value = decodeValue(rule, field);
    if (value === undefined) continue;
    if (rule.shape === 'inline') Object.assign(result, value);
    else if (rule.shape === 'list') {
      const list = (result[rule.name] ?? []) as unknown[];
      list.push(value);
      result[rule.name] = list;
    } else result[rule.name] = value;
  }
  return result;
}

/** runtime.Unknown: the kind, then the message itself. */
export function decodeProtobuf(body: Buffer): Result<Record<string, unknown>> {
  if (body.toString('latin1', 0, 4) !== 'k8s\0') {
    return fail(`the body is not a Kubernetes protobuf message; ${advice}`);
  }
  try {
    const envelope = readFields(body.subarray(4));
    const part = (number: number): Buffer =>
      envelope.find((field) => field.number === number)?.bytes ?? noBytes;
    const apiVersion = textField(part(1), 1);
    const kind = textField(part(1), 2);
    const message = messageOf(apiVersion, kind);
    if (message === null) {
      return fail(`protobuf bodies are not understood for ${kind}; ${advice}`);
    }
    return ok({ apiVersion, kind, ...decodeMessage(message, part(2)) });
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    return fail(`the protobuf body cannot be read: ${error.message}; ${advice}`);
  }
}
