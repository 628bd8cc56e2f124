// What leaves a cluster of an object: its content without what only servers and tools write, and without anything secret.
import { createHmac } from 'node:crypto';
import type { KubeObject } from '../../kube/object.ts';

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);

/** Equal values stay equal within one bundle, as two consumers with one key matter; nobody can try values against it. */
export type Replace = (value: string) => string;

export function replaceWith(key: Buffer): Replace {
  return (value) => `replaced-${createHmac('sha256', key).update(value).digest('hex').slice(0, 16)}`;
}

/** Annotations in which tools keep whole objects or what they did. */
const toolAnnotations = /^(kubectl\.kubernetes\.io\/|meta\.helm\.sh\/|deployment\.kubernetes\.io\/)/;
/** Those that say what an object is to us. */
const ourAnnotations = /^(konghq\.com|kubernetes\.io|tidegate\.dev)\//;
/** Members of a plugin's configuration that hold what nobody else should know. */
const secretMember =
  /(^|_)(secret|secrets|password|passphrase|token|private_key|api_key|apikey|access_key|authorization)$/i;
/** Headers, arguments and fields whose value lets somebody in. */
const secretName = /authorization|cookie|token|secret|passw|api[-_]?key|access[-_]?key|credential/i;
/** How request-transformer writes what it adds: 'NAME:VALUE'. */
const namedValue = /^([^:]+:)(.+)$/s;
/** A condition on a header of requests. */
const headerAnnotation = /^konghq\.com\/headers\./;
/** Of containers' environment, only what tells our pod server how to behave. */
const keptVariable = /^POD_[A-Z_]+$/;

function withoutSecrets(value: unknown, replace: Replace): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, replace));
  if (typeof value === 'string') {
    const [, name = '', text = ''] = namedValue.exec(value) ?? [];
    return secretName.test(name) ? `${name}${replace(text)}` : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  // Headers of probes are such pairs.
  const isSecretPair = secretName.test(String(fieldsOf(value)['name'] ?? ''));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const isSecret = secretMember.test(name) || (isSecretPair && name === 'value');
      if (!isSecret) return [name, withoutSecrets(member, replace)];
      return [name, typeof member === 'string' ? replace(member) : null];
    }),
  );
}

function cleanMetadata({ kind, metadata }: KubeObject, replace: Replace): KubeObject['metadata'] {
  const { name, namespace, uid, creationTimestamp, labels, annotations } = metadata;
  const kept = Object.entries(annotations ?? {})
    .filter(([key]) => !toolAnnotations.test(key) && (kind !== 'Secret' || ourAnnotations.test(key)))
    .map(([key, value]) => [
      key,
      headerAnnotation.test(key) && secretName.test(key) ? replace(value) : value,
    ]);
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    ...(labels === undefined ? {} : { labels }),
    ...(kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) }),
  };
}

function cleanContainer(container: Fields): Fields {
  const { name, image, ports, readinessProbe, livenessProbe, startupProbe, lifecycle } = container;
  const env = listOf(container['env']).filter(({ name: variable }) => keptVariable.test(String(variable)));
  // Commands and files of an application may hold anything, and no pod of ours runs them.
  const all = { name, image, ports, readinessProbe, livenessProbe, startupProbe, lifecycle };
  const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return env.length === 0 ? kept : { ...kept, env };
}

function cleanTemplate(spec: Fields): Fields {
  const template = fieldsOf(spec['template']);
  const pod = fieldsOf(template['spec']);
  const { labels, annotations } = fieldsOf(template['metadata']);
  const ours = Object.entries(fieldsOf(annotations)).filter(([key]) => ourAnnotations.test(key));
  const grace = pod['terminationGracePeriodSeconds'];
  return {
    ...spec,
    template: {
      metadata: { labels, ...(ours.length === 0 ? {} : { annotations: Object.fromEntries(ours) }) },
      spec: {
        ...(grace === undefined ? {} : { terminationGracePeriodSeconds: grace }),
        containers: listOf(pod['containers']).map(cleanContainer),
      },
    },
  };
}

function cleanSecret(object: KubeObject, replace: Replace): Fields {
  const given = fieldsOf((object as unknown as Fields)['data']);
  const data = Object.entries(given).map(([name, value]) => {
    const text = replace(Buffer.from(String(value), 'base64').toString('latin1'));
    return [name, Buffer.from(text).toString('base64')];
  });
  return { type: (object as unknown as Fields)['type'] ?? 'Opaque', data: Object.fromEntries(data) };
}

const workloads: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** The object as it may leave the cluster. */
export function cleanObject(object: KubeObject, replace: Replace): KubeObject {
  const { apiVersion, kind } = object;
  const base = { apiVersion, kind, metadata: cleanMetadata(object, replace) };
  if (kind === 'Secret') return { ...base, ...cleanSecret(object, replace) } as KubeObject;
  const { metadata: _, apiVersion: __, kind: ___, status: ____, ...rest } = object as unknown as Fields;
  const content = withoutSecrets(rest, replace) as Fields;
  if (!workloads.has(kind)) return { ...base, ...content } as KubeObject;
  return { ...base, ...content, spec: cleanTemplate(fieldsOf(content['spec'])) } as KubeObject;
}
