// The scenario's workloads as they run in a cluster: every container is the pod server, as an image.
import type { StoredObject } from '../../../sim/cluster/store-api.ts';

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);

/** What the pod says of itself, in every answer and receipt. */
const identity: readonly Fields[] = [
  ['POD_NAME', 'metadata.name'],
  ['POD_NAMESPACE', 'metadata.namespace'],
  ['POD_UID', 'metadata.uid'],
  ['POD_NODE', 'spec.nodeName'],
].map(([name, fieldPath]) => ({ name, valueFrom: { fieldRef: { fieldPath } } }));

const isIdentity = ({ name }: Fields): boolean => identity.some((one) => one['name'] === name);

function containerOf(container: Fields, image: string): Fields {
  const ports = listOf(container['ports']).map(({ containerPort }) => `--port=${String(containerPort)}`);
  const own = listOf(container['env']).filter((one) => !isIdentity(one) && one['name'] !== 'POD_LOG');
  return {
    ...container,
    image,
    imagePullPolicy: 'IfNotPresent',
    args: ['pod', ...ports],
    env: [...own, ...identity, { name: 'POD_LOG', value: 'receipts' }],
  };
}

/** An object, or a merge patch of one: where it has containers they are pod servers of this image. */
export function withPodServers<T extends Fields>(object: T, image: string): T {
  const spec = fieldsOf(object['spec']);
  const template = fieldsOf(spec['template']);
  const pod = fieldsOf(template['spec']);
  if (!Array.isArray(pod['containers'])) return object;
  const containers = listOf(pod['containers']).map((container) => containerOf(container, image));
  return { ...object, spec: { ...spec, template: { ...template, spec: { ...pod, containers } } } };
}

/** Port of the first container of a pod, where its levers are. */
export function leverPort({ spec }: StoredObject): number | null {
  const [container] = listOf(spec?.['containers']);
  const [port] = listOf(container?.['ports']);
  return typeof port?.['containerPort'] === 'number' ? port['containerPort'] : null;
}
