// Ingress (networking.k8s.io/v1).
import type { Result } from '../base/result.ts';
import { type DecodedObject, readMetadata } from './metadata.ts';
import { type DecodeError, Reader } from './reader.ts';

export interface IngressBackend {
  /** null: a resource backend, or none. */
  readonly service: {
    readonly name: string;
    readonly portNumber: number | null;
    readonly portName: string;
  } | null;
  /** Kind of a resource backend. */
  readonly resourceKind: string;
}

export interface IngressPath {
  /** '' when absent. */
  readonly path: string;
  readonly pathType: string;
  readonly backend: IngressBackend;
}

export interface IngressRule {
  readonly host: string;
  readonly paths: readonly IngressPath[];
}

export interface IngressTls {
  readonly hosts: readonly string[];
  readonly secretName: string;
}

export interface Ingress extends DecodedObject {
  readonly spec: {
    readonly ingressClassName: string;
    readonly defaultBackend: IngressBackend | null;
    readonly rules: readonly IngressRule[];
    readonly tls: readonly IngressTls[];
  };
}

function readBackend(reader: Reader, raw: unknown, field: string): IngressBackend {
  const fields = reader.record(raw, field);
  const resource = reader.record(fields['resource'], `${field}.resource`);
  const resourceKind = reader.text(resource['kind'], `${field}.resource.kind`);
  if (fields['service'] === undefined || fields['service'] === null) return { service: null, resourceKind };
  const service = reader.record(fields['service'], `${field}.service`);
  const port = reader.record(service['port'], `${field}.service.port`);
  return {
    service: {
      name: reader.requiredText(service['name'], `${field}.service.name`),
      portNumber: reader.port(port['number'], `${field}.service.port.number`),
      portName: reader.text(port['name'], `${field}.service.port.name`),
    },
    resourceKind,
  };
}

function readRule(reader: Reader, raw: unknown, field: string): IngressRule {
  const rule = reader.record(raw, field);
  const http = reader.record(rule['http'], `${field}.http`);
  const paths = reader.list(http['paths'], `${field}.http.paths`).map((item, i) => {
    const at = `${field}.http.paths[${i}]`;
    const path = reader.record(item, at);
    return {
      path: reader.text(path['path'], `${at}.path`),
      pathType: reader.text(path['pathType'], `${at}.pathType`),
      backend: readBackend(reader, path['backend'], `${at}.backend`),
    };
  });
  return { host: reader.text(rule['host'], `${field}.host`), paths };
}

export function decodeIngress(raw: unknown): Result<Ingress, DecodeError> {
  const reader = new Reader();
  const object = reader.requiredRecord(raw, '');
  const metadata = readMetadata(reader, object['metadata']);
  const spec = reader.requiredRecord(object['spec'], 'spec');
  return reader.finish({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata,
    spec: {
      ingressClassName: reader.text(spec['ingressClassName'], 'spec.ingressClassName'),
      defaultBackend:
        spec['defaultBackend'] === undefined || spec['defaultBackend'] === null
          ? null
          : readBackend(reader, spec['defaultBackend'], 'spec.defaultBackend'),
      rules: reader
        .list(spec['rules'], 'spec.rules')
        .map((item, i) => readRule(reader, item, `spec.rules[${i}]`)),
      tls: reader.list(spec['tls'], 'spec.tls').map((item, i) => {
        const entry = reader.record(item, `spec.tls[${i}]`);
        return {
          hosts: reader.texts(entry['hosts'], `spec.tls[${i}].hosts`),
          secretName: reader.text(entry['secretName'], `spec.tls[${i}].secretName`),
        };
      }),
    },
  });
}
