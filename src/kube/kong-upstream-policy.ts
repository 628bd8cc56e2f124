// KongUpstreamPolicy (configuration.konghq.com/v1beta1).
import type { Result } from '../base/result.ts';
import { type DecodedObject, readMetadata } from './metadata.ts';
import { type DecodeError, Reader } from './reader.ts';

export interface KongUpstreamPolicy extends DecodedObject {
  readonly spec: {
    /** '' when absent. */
    readonly algorithm: string;
    /** What is hashed: names as in the policy (input, header, cookie, cookiePath, queryArg, uriCapture). null when absent. */
    readonly hashOn: Readonly<Record<string, string>> | null;
    readonly hashOnFallback: Readonly<Record<string, string>> | null;
    /** cookie, cookiePath. */
    readonly stickySessions: Readonly<Record<string, string>> | null;
    readonly slots: number | null;
    /** As written: names in camelCase. null when absent. */
    readonly healthchecks: Readonly<Record<string, unknown>> | null;
  };
}

export function decodeKongUpstreamPolicy(raw: unknown): Result<KongUpstreamPolicy, DecodeError> {
  const reader = new Reader();
  const object = reader.requiredRecord(raw, '');
  const metadata = readMetadata(reader, object['metadata']);
  const spec = reader.record(object['spec'], 'spec');
  const { slots, healthchecks } = spec;
  if (slots !== undefined && slots !== null && !Number.isInteger(slots))
    reader.fail('spec.slots', 'must be a whole number');
  const texts = (name: string): Readonly<Record<string, string>> | null =>
    spec[name] === undefined || spec[name] === null ? null : reader.textMap(spec[name], `spec.${name}`);
  const hasChecks = healthchecks !== undefined && healthchecks !== null;
  return reader.finish({
    apiVersion: 'configuration.konghq.com/v1beta1',
    kind: 'KongUpstreamPolicy',
    metadata,
    spec: {
      algorithm: reader.text(spec['algorithm'], 'spec.algorithm'),
      hashOn: texts('hashOn'),
      hashOnFallback: texts('hashOnFallback'),
      stickySessions: texts('stickySessions'),
      slots: typeof slots === 'number' ? slots : null,
      healthchecks: hasChecks ? reader.freeRecord(healthchecks, 'spec.healthchecks') : null,
    },
  });
}
