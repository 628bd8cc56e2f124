// Secret (v1). Values stay base64 text until something needs them.
import type { Result } from '../base/result.ts';
import { type DecodedObject, readMetadata } from './metadata.ts';
import { type DecodeError, Reader } from './reader.ts';

export interface Secret extends DecodedObject {
  readonly type: string;
  /** Base64, as in the API; stringData of manifests is already merged in. */
  readonly data: Readonly<Record<string, string>>;
}

export function decodeSecret(raw: unknown): Result<Secret, DecodeError> {
  const reader = new Reader();
  const object = reader.requiredRecord(raw, '');
  const metadata = readMetadata(reader, object['metadata']);
  const data: Record<string, string> = { ...reader.textMap(object['data'], 'data') };
  for (const [key, value] of Object.entries(reader.textMap(object['stringData'], 'stringData')))
    data[key] = Buffer.from(String(value), 'utf8').toString('base64');
  for (const [key, value] of Object.entries(data))
    if (typeof value === 'string' && !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(value))
      reader.fail(`data['${key}']`, 'is not base64; put plain text into stringData instead');
  return reader.finish({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata,
    type: reader.text(object['type'], 'type'),
    data,
  });
}

/** One value as text, null when the Secret has no such key. */
export function secretText(secret: Secret, key: string): string | null {
  if (!Object.hasOwn(secret.data, key)) return null;
  return Buffer.from(secret.data[key]!, 'base64').toString('utf8');
}
