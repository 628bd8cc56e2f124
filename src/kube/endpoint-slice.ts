// EndpointSlice (discovery.k8s.io/v1).
import type { Result } from '../base/result.ts';
import { type DecodedObject, readMetadata } from './metadata.ts';
import { type DecodeError, Reader } from './reader.ts';

export interface Endpoint {
  readonly addresses: readonly string[];
  /** null: unknown, which counts as ready. */
  readonly ready: boolean | null;
  readonly serving: boolean | null;
  readonly terminating: boolean | null;
  /** Those that the cluster means it for (`hints.forZones`); none: for all. */
  readonly zones: readonly string[];
}

export interface EndpointSlice extends DecodedObject {
  readonly addressType: string;
  readonly endpoints: readonly Endpoint[];
  readonly ports: readonly {
    readonly name: string;
    readonly port: number | null;
    readonly protocol: string;
  }[];
}

const serviceLabel = 'kubernetes.io/service-name';

/** 'namespace/name' of the Service it belongs to; null when the label is missing. */
export function serviceKeyOf(slice: EndpointSlice): string | null {
  const name = slice.metadata.labels[serviceLabel];
  return name === undefined || name === '' ? null : `${slice.metadata.namespace}/${name}`;
}

export function decodeEndpointSlice(raw: unknown): Result<EndpointSlice, DecodeError> {
  const reader = new Reader();
  const object = reader.requiredRecord(raw, '');
  const metadata = readMetadata(reader, object['metadata']);
  return reader.finish({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata,
    addressType: reader.text(object['addressType'], 'addressType'),
    endpoints: reader.list(object['endpoints'], 'endpoints').map((item, i) => {
      const at = `endpoints[${i}]`;
      const endpoint = reader.record(item, at);
      const conditions = reader.record(endpoint['conditions'], `${at}.conditions`);
      return {
        addresses: reader.texts(endpoint['addresses'], `${at}.addresses`),
        ready: reader.optionalBoolean(conditions['ready'], `${at}.conditions.ready`),
        serving: reader.optionalBoolean(conditions['serving'], `${at}.conditions.serving`),
        terminating: reader.optionalBoolean(conditions['terminating'], `${at}.conditions.terminating`),
        zones: reader
          .list(reader.record(endpoint['hints'], `${at}.hints`)['forZones'], `${at}.hints.forZones`)
          .map((zone, k) => {
            const named = reader.record(zone, `${at}.hints.forZones[${k}]`);
            return reader.text(named['name'], `${at}.hints.forZones[${k}].name`);
          }),
      };
    }),
    ports: reader.list(object['ports'], 'ports').map((item, i) => {
      const port = reader.record(item, `ports[${i}]`);
      return {
        name: reader.text(port['name'], `ports[${i}].name`),
        port: reader.port(port['port'], `ports[${i}].port`),
        protocol: reader.text(port['protocol'], `ports[${i}].protocol`) || 'TCP',
      };
    }),
  });
}
