// KongPlugin and KongClusterPlugin (configuration.konghq.com/v1): the same fields, one of them without a namespace.
import type { Result } from '../base/result.ts';
import { type DecodedObject, readMetadata } from './metadata.ts';
import { type DecodeError, Reader } from './reader.ts';

export interface SecretKeyReference {
  readonly name: string;
  readonly key: string;
  /** Of the plugin itself where it is a KongPlugin. */
  readonly namespace: string;
}

export interface KongPlugin extends DecodedObject {
  readonly plugin: string;
  /** null: none given. */
  readonly config: Readonly<Record<string, unknown>> | null;
  readonly configFrom: SecretKeyReference | null;
  readonly configPatches: readonly { readonly path: string; readonly secret: SecretKeyReference }[];
  readonly disabled: boolean;
  readonly instanceName: string;
  readonly protocols: readonly string[];
}

function readSecretKey(reader: Reader, raw: unknown, field: string, namespace: string): SecretKeyReference {
  const reference = reader.requiredRecord(raw, field);
  return {
    name: reader.requiredText(reference['name'], `${field}.name`),
    key: reader.requiredText(reference['key'], `${field}.key`),
    namespace:
      namespace === '' ? reader.requiredText(reference['namespace'], `${field}.namespace`) : namespace,
  };
}

function decode(raw: unknown, kind: string): Result<KongPlugin, DecodeError> {
  const reader = new Reader();
  const object = reader.requiredRecord(raw, '');
  const metadata = readMetadata(reader, object['metadata']);
  const namespace = kind === 'KongClusterPlugin' ? '' : metadata.namespace || 'default';
  const hasFrom = object['configFrom'] !== undefined && object['configFrom'] !== null;
  const hasConfig = object['config'] !== undefined && object['config'] !== null;
  const patches = reader.list(object['configPatches'], 'configPatches');
  if (hasFrom && hasConfig) reader.fail('configFrom', 'cannot be used together with config');
  if (hasFrom && patches.length > 0) reader.fail('configFrom', 'cannot be used together with configPatches');
  const from = reader.record(object['configFrom'], 'configFrom');
  return reader.finish({
    apiVersion: 'configuration.konghq.com/v1',
    kind,
    metadata,
    plugin: reader.requiredText(object['plugin'], 'plugin'),
    config: hasConfig ? reader.freeRecord(object['config'], 'config') : null,
    configFrom: hasFrom
      ? readSecretKey(
          reader,
          from['secretKeyRef'] ?? from['secretValue'],
          'configFrom.secretKeyRef',
          namespace,
        )
      : null,
    configPatches: patches.map((item, i) => {
      const at = `configPatches[${i}]`;
      const patch = reader.record(item, at);
      const value = reader.requiredRecord(patch['valueFrom'], `${at}.valueFrom`);
      return {
        path: reader.text(patch['path'], `${at}.path`),
        secret: readSecretKey(reader, value['secretKeyRef'], `${at}.valueFrom.secretKeyRef`, namespace),
      };
    }),
    disabled: reader.optionalBoolean(object['disabled'], 'disabled') ?? false,
    instanceName: reader.text(object['instance_name'], 'instance_name'),
    protocols: reader.texts(object['protocols'], 'protocols'),
  });
}

export function decodeKongPlugin(raw: unknown): Result<KongPlugin, DecodeError> {
  return decode(raw, 'KongPlugin');
}

export function decodeKongClusterPlugin(raw: unknown): Result<KongPlugin, DecodeError> {
  return decode(raw, 'KongClusterPlugin');
}
