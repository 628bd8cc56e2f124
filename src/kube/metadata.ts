// The part of an object's metadata that translation may depend on; what changes without meaning is left out here, so
// that equal content compares equal.
import type { ObjectMeta } from './object.ts';
import type { Reader } from './reader.ts';

/** Annotations that tools and controllers rewrite without changing what the object means. */
const heartbeatAnnotations: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'control-plane.alpha.kubernetes.io/leader',
  'endpoints.kubernetes.io/last-change-trigger-time',
  'kubectl.kubernetes.io/restartedAt',
]);

function withoutHeartbeats(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(annotations))
    if (!heartbeatAnnotations.has(name)) kept[name] = value;
  return kept;
}

export interface ReadMeta extends ObjectMeta {
  /** '' for cluster-scoped objects. */
  readonly namespace: string;
  readonly uid: string;
  readonly creationTimestamp: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export function readMetadata(reader: Reader, raw: unknown): ReadMeta {
  const fields = reader.requiredRecord(raw, 'metadata');
  return {
    name: reader.requiredText(fields['name'], 'metadata.name'),
    namespace: reader.text(fields['namespace'], 'metadata.namespace'),
    uid: reader.text(fields['uid'], 'metadata.uid'),
    creationTimestamp: reader.text(fields['creationTimestamp'], 'metadata.creationTimestamp'),
    ...(typeof fields['generation'] === 'number' ? { generation: fields['generation'] } : {}),
    labels: reader.textMap(fields['labels'], 'metadata.labels'),
    annotations: withoutHeartbeats(reader.textMap(fields['annotations'], 'metadata.annotations')),
  };
}

/** What decode makes: an object with a metadata that is complete. */
export interface DecodedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ReadMeta;
}
