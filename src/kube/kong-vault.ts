// KongVault (configuration.konghq.com/v1alpha1), of the whole cluster.
import type { Result } from '../base/result.ts';
import { type DecodedObject, readMetadata } from './metadata.ts';
import { type DecodeError, Reader } from './reader.ts';

export interface KongVault extends DecodedObject {
  readonly spec: {
    readonly backend: string;
    readonly prefix: string;
    /** '' when absent. */
    readonly description: string;
    /** The backend's settings; null when absent. */
    readonly config: Readonly<Record<string, unknown>> | null;
  };
}

export function decodeKongVault(raw: unknown): Result<KongVault, DecodeError> {
  const reader = new Reader();
  const object = reader.requiredRecord(raw, '');
  const metadata = readMetadata(reader, object['metadata']);
  const spec = reader.requiredRecord(object['spec'], 'spec');
  const { config } = spec;
  return reader.finish({
    apiVersion: 'configuration.konghq.com/v1alpha1',
    kind: 'KongVault',
    metadata,
    spec: {
      backend: reader.requiredText(spec['backend'], 'spec.backend'),
      prefix: reader.requiredText(spec['prefix'], 'spec.prefix'),
      description: reader.text(spec['description'], 'spec.description'),
      config: config === undefined || config === null ? null : reader.freeRecord(config, 'spec.config'),
    },
  });
}
