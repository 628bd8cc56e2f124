// Changes of objects by the words of scenarios, as merge patches. What a word leaves as it is comes from the object as it
// stands.
import type { StoredObject } from '../../sim/cluster/store-api.ts';
import type { KeyPairName } from '../../sim/world/key-pairs.ts';
import { environmentOf, type PodSpec } from '../language/pod-shape.ts';
import type { TypeOf } from '../language/shape.ts';
import type { patchShape } from '../language/step-shapes.ts';
import { tlsData } from './objects.ts';

type Fields = Readonly<Record<string, unknown>>;
export type MergePatch = Fields;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);

function withEnvironment(container: Fields, wanted: Readonly<Record<string, string>>): Fields {
  const kept = listOf(container['env']).filter(({ name }) => !Object.hasOwn(wanted, String(name)));
  const added = Object.entries(wanted).map(([name, value]) => ({ name, value }));
  return { ...container, env: [...kept, ...added] };
}

/** The pod template with other pods in it; null leaves a thing as it is. */
function templatePatch(
  deployment: StoredObject,
  pods: PodSpec | undefined,
  version: string | undefined,
  graceMs: number | undefined,
): Fields {
  const template = fieldsOf(fieldsOf(deployment.spec)['template']);
  const containers = listOf(fieldsOf(template['spec'])['containers']).map((container) => {
    const made = pods === undefined ? container : withEnvironment(container, environmentOf(pods));
    if (version === undefined) return made;
    return { ...made, image: `${String(made['image']).replace(/:[^:/]*$/, '')}:${version}` };
  });
  return {
    ...(version === undefined ? {} : { metadata: { labels: { version } } }),
    spec: {
      containers,
      ...(graceMs === undefined ? {} : { terminationGracePeriodSeconds: Math.ceil(graceMs / 1000) }),
    },
  };
}

export interface Settings {
  readonly replicas?: number | undefined;
  readonly pods?: PodSpec | undefined;
  readonly surge?: number | undefined;
  readonly unavailable?: number | undefined;
  readonly grace?: number | undefined;
  readonly certificate?: KeyPairName | undefined;
}

/** A sentence where the object has no such settings. */
export function settingsPatch(object: StoredObject, settings: Settings): MergePatch | string {
  const { replicas, pods, surge, unavailable, grace, certificate } = settings;
  const isDeployment = [replicas, pods, surge, unavailable, grace].some((value) => value !== undefined);
  if (certificate !== undefined)
    return object.kind === 'Secret' && !isDeployment
      ? { data: tlsData(certificate) }
      : 'only a Secret has a certificate, and nothing else of these settings';
  if (object.kind !== 'Deployment') return `these are settings of a Deployment, not of a ${object.kind}`;
  const rolling = {
    ...(surge === undefined ? {} : { maxSurge: surge }),
    ...(unavailable === undefined ? {} : { maxUnavailable: unavailable }),
  };
  return {
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      ...(Object.keys(rolling).length === 0 ? {} : { strategy: { rollingUpdate: rolling } }),
      ...(pods === undefined && grace === undefined
        ? {}
        : { template: templatePatch(object, pods, undefined, grace) }),
    },
  };
}

export function rolloutPatch(
  object: StoredObject,
  version: string,
  pods: PodSpec | undefined,
): MergePatch | string {
  if (object.kind !== 'Deployment') return `only a Deployment can be rolled out, not a ${object.kind}`;
  return { spec: { template: templatePatch(object, pods, version, undefined) } };
}

/** `kubectl rollout restart`. */
export function restartPatch(mark: string): MergePatch {
  return { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': mark } } } } };
}

export type Patch = TypeOf<typeof patchShape>;

function pathsOf(paths: readonly Fields[], patch: Patch): readonly Fields[] {
  const [first = {}] = paths;
  let made = paths;
  const change = (changed: Fields): void => {
    made = [{ ...made[0], ...changed }, ...made.slice(1)];
  };
  if (patch.path !== undefined) change({ path: patch.path });
  const service = fieldsOf(fieldsOf(first['backend'])['service']);
  if (patch.service !== undefined || patch.port !== undefined) {
    const { port: given } = patch;
    const port =
      given === undefined
        ? service['port']
        : /^\d+$/.test(given)
          ? { number: Number(given) }
          : { name: given };
    change({ backend: { service: { name: patch.service ?? service['name'], port } } });
  }
  const added = patch['add-path'];
  if (added !== undefined) made = [...made, { ...first, path: added }];
  const removed = patch['remove-path'];
  return removed === undefined ? made : made.filter(({ path }) => path !== removed);
}

function rulesPatch(object: StoredObject, patch: Patch): Fields {
  const spec = fieldsOf(object.spec);
  const [rule = {}, ...others] = listOf(spec['rules']);
  const { host = rule['host'] } = patch;
  const paths = pathsOf(listOf(fieldsOf(rule['http'])['paths']), patch);
  const tls = listOf(spec['tls']);
  return {
    rules: [{ ...rule, host, http: { paths } }, ...others],
    ...(patch.host === undefined || tls.length === 0
      ? {}
      : { tls: tls.map((item, index) => (index === 0 ? { ...item, hosts: [host] } : item)) }),
  };
}

const ofRules = ['add-path', 'remove-path', 'host', 'path', 'service', 'port'] as const;

function merged(into: Fields, from: Fields): Fields {
  const made: Record<string, unknown> = { ...into };
  for (const [key, value] of Object.entries(from)) {
    const own = made[key];
    const isMap = (one: unknown): boolean => typeof one === 'object' && one !== null && !Array.isArray(one);
    made[key] = isMap(own) && isMap(value) ? merged(fieldsOf(own), fieldsOf(value)) : value;
  }
  return made;
}

export function patchBody(object: StoredObject, patch: Patch): MergePatch | string {
  const changesRules = ofRules.some((name) => patch[name] !== undefined);
  if ((changesRules || patch.class !== undefined) && object.kind !== 'Ingress')
    return `these are changes of an Ingress, not of a ${object.kind}`;
  const annotations = {
    ...Object.fromEntries((patch.annotations ?? []).map(({ key, value }) => [key.value, value])),
    ...(patch.plugins === undefined ? {} : { 'konghq.com/plugins': patch.plugins.join(',') }),
  };
  const spec = {
    ...(changesRules ? rulesPatch(object, patch) : {}),
    ...(patch.class === undefined ? {} : { ingressClassName: patch.class }),
  };
  const body: Fields = {
    ...(Object.keys(annotations).length === 0 ? {} : { metadata: { annotations } }),
    ...(Object.keys(spec).length === 0 ? {} : { spec }),
  };
  const whole = patch.merge === undefined ? body : merged(body, patch.merge);
  return Object.keys(whole).length === 0 ? 'this changes nothing' : whole;
}
