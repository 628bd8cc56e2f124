// Service (v1).
import type { Result } from '../base/result.ts';
import { type DecodedObject, readMetadata } from './metadata.ts';
import { type DecodeError, Reader } from './reader.ts';

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  /** Number, name, or null when it is the port itself. */
  readonly targetPort: number | string | null;
}

export interface KubeService extends DecodedObject {
  readonly spec: {
    readonly type: string;
    readonly clusterIP: string;
    readonly externalName: string;
    readonly ports: readonly ServicePort[];
  };
}

function readPort(reader: Reader, raw: unknown, field: string): ServicePort {
  const port = reader.record(raw, field);
  const target = port['targetPort'];
  return {
    name: reader.text(port['name'], `${field}.name`),
    port: reader.port(port['port'], `${field}.port`) ?? 0,
    protocol: reader.text(port['protocol'], `${field}.protocol`) || 'TCP',
    targetPort:
      target === undefined || target === null
        ? null
        : typeof target === 'number'
          ? reader.port(target, `${field}.targetPort`)
          : reader.text(target, `${field}.targetPort`),
  };
}

export function decodeService(raw: unknown): Result<KubeService, DecodeError> {
  const reader = new Reader();
  const object = reader.requiredRecord(raw, '');
  const metadata = readMetadata(reader, object['metadata']);
  const spec = reader.record(object['spec'], 'spec');
  return reader.finish({
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: {
      type: reader.text(spec['type'], 'spec.type') || 'ClusterIP',
      clusterIP: reader.text(spec['clusterIP'], 'spec.clusterIP'),
      externalName: reader.text(spec['externalName'], 'spec.externalName'),
      ports: reader
        .list(spec['ports'], 'spec.ports')
        .map((item, i) => readPort(reader, item, `spec.ports[${i}]`)),
    },
  });
}
