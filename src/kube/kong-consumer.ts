// KongConsumer (configuration.konghq.com/v1).
import type { Result } from '../base/result.ts';
import { type DecodedObject, readMetadata } from './metadata.ts';
import { type DecodeError, Reader } from './reader.ts';

export interface KongConsumer extends DecodedObject {
  readonly username: string;
  readonly customId: string;
  /** Names of Secrets in the same namespace. */
  readonly credentials: readonly string[];
  readonly consumerGroups: readonly string[];
}

export function decodeKongConsumer(raw: unknown): Result<KongConsumer, DecodeError> {
  const reader = new Reader();
  const object = reader.requiredRecord(raw, '');
  const metadata = readMetadata(reader, object['metadata']);
  const username = reader.text(object['username'], 'username');
  const customId = reader.text(object['custom_id'], 'custom_id');
  if (username === '' && customId === '') reader.fail('username', 'is missing; give username or custom_id');
  return reader.finish({
    apiVersion: 'configuration.konghq.com/v1',
    kind: 'KongConsumer',
    metadata,
    username,
    customId,
    credentials: reader.texts(object['credentials'], 'credentials'),
    consumerGroups: reader.texts(object['consumerGroups'], 'consumerGroups'),
  });
}
