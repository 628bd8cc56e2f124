// KongCustomEntity (configuration.konghq.com/v1alpha1): read only so that its owner is told that it does nothing here.
import type { Result } from '../base/result.ts';
import { type DecodedObject, readMetadata } from './metadata.ts';
import { type DecodeError, Reader } from './reader.ts';

export interface KongCustomEntity extends DecodedObject {
  readonly spec: {
    readonly type: string;
    /** The ingress class that it is for. */
    readonly controllerName: string;
  };
}

export function decodeKongCustomEntity(raw: unknown): Result<KongCustomEntity, DecodeError> {
  const reader = new Reader();
  const object = reader.requiredRecord(raw, '');
  const metadata = readMetadata(reader, object['metadata']);
  const spec = reader.requiredRecord(object['spec'], 'spec');
  return reader.finish({
    apiVersion: 'configuration.konghq.com/v1alpha1',
    kind: 'KongCustomEntity',
    metadata,
    spec: {
      type: reader.requiredText(spec['type'], 'spec.type'),
      controllerName: reader.requiredText(spec['controllerName'], 'spec.controllerName'),
    },
  });
}
