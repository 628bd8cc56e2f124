// KongConsumerGroup (configuration.konghq.com/v1beta1): all of it is its name. What its spec holds is for another operator.
import type { Result } from '../base/result.ts';
import { type DecodedObject, readMetadata } from './metadata.ts';
import { type DecodeError, Reader } from './reader.ts';

export type KongConsumerGroup = DecodedObject;

export function decodeKongConsumerGroup(raw: unknown): Result<KongConsumerGroup, DecodeError> {
  const reader = new Reader();
  const object = reader.requiredRecord(raw, '');
  const metadata = readMetadata(reader, object['metadata']);
  return reader.finish({
    apiVersion: 'configuration.konghq.com/v1beta1',
    kind: 'KongConsumerGroup',
    metadata,
  });
}
