// IngressClass (networking.k8s.io/v1).
import type { Result } from '../base/result.ts';
import { type DecodedObject, readMetadata } from './metadata.ts';
import { type DecodeError, Reader } from './reader.ts';

export interface IngressClass extends DecodedObject {
  readonly spec: { readonly controller: string };
}

export function decodeIngressClass(raw: unknown): Result<IngressClass, DecodeError> {
  const reader = new Reader();
  const object = reader.requiredRecord(raw, '');
  const metadata = readMetadata(reader, object['metadata']);
  const spec = reader.record(object['spec'], 'spec');
  return reader.finish({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata,
    spec: { controller: reader.text(spec['controller'], 'spec.controller') },
  });
}
