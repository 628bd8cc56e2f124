// Pods: what a pod template must hold, and what of a pod may change once it exists.
import type { FieldCause } from '../failure.ts';
import { fieldErrors } from '../field-error.ts';
import { arrayOf, isRecord, recordOf, sameJson } from '../json.ts';
import { nameProblem } from '../object-names.ts';
import type { StoredObject } from '../store-api.ts';
import type { KindRules } from './rules.ts';

/** Images without a tag, or with :latest, are always pulled. */
function pullPolicyOf(image: unknown): string {
  const text = String(image ?? '');
  if (text.includes('@')) return 'IfNotPresent';
  const tag = /:([^:/]+)$/.exec(text)?.[1];
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function withPullPolicies(containers: unknown): unknown {
  if (!Array.isArray(containers)) return containers;
  return containers.map((container) =>
    isRecord(container) && container['imagePullPolicy'] === undefined
      ? { ...container, imagePullPolicy: pullPolicyOf(container['image']) }
      : container,
  );
}

function needsPullPolicy(containers: unknown): boolean {
  return arrayOf(containers).some(
    (container) => isRecord(container) && container['imagePullPolicy'] === undefined,
  );
}

/** The same object when nothing is missing. */
export function preparePodSpec(spec: unknown): unknown {
  if (!isRecord(spec)) return spec;
  let next = spec;
  for (const member of ['containers', 'initContainers']) {
    if (needsPullPolicy(spec[member])) next = { ...next, [member]: withPullPolicies(spec[member]) };
  }
  if (next['serviceAccountName'] !== undefined && next['serviceAccount'] === undefined) {
    next = { ...next, serviceAccount: next['serviceAccountName'] };
  }
  return next;
}

const restartPolicies = ['Always', 'OnFailure', 'Never'];

function validatePorts(container: Readonly<Record<string, unknown>>, field: string): FieldCause[] {
  const causes: FieldCause[] = [];
  const names = new Set<unknown>();
  for (const [index, port] of arrayOf(container['ports']).entries()) {
    const { name, containerPort, protocol } = recordOf(port);
    const portField = `${field}.ports[${index}]`;
    if (typeof containerPort !== 'number' || containerPort < 1 || containerPort > 65535) {
      const why = 'must be between 1 and 65535, inclusive';
      causes.push(fieldErrors.invalid(`${portField}.containerPort`, containerPort, why));
    }
    if (!['TCP', 'UDP', 'SCTP'].includes(String(protocol))) {
      causes.push(fieldErrors.unsupported(`${portField}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']));
    }
    if (name === undefined) continue;
    if (names.has(name)) causes.push(fieldErrors.duplicate(`${portField}.name`, name));
    names.add(name);
  }
  return causes;
}

function validateContainers(containers: unknown, field: string): FieldCause[] {
  const causes: FieldCause[] = [];
  for (const [index, item] of arrayOf(containers).entries()) {
    const container = recordOf(item);
    const containerField = `${field}[${index}]`;
    const { name, image } = container;
    if (name === '') causes.push(fieldErrors.required(`${containerField}.name`));
    else if (typeof name === 'string') {
      const problem = nameProblem('label', name);
      if (problem !== null) causes.push(fieldErrors.invalid(`${containerField}.name`, name, problem));
    }
    if (typeof image !== 'string' || image === '')
      causes.push(fieldErrors.required(`${containerField}.image`));
    causes.push(...validatePorts(container, containerField));
  }
  return causes;
}

export function validatePodSpec(spec: unknown, field: string): FieldCause[] {
  const { containers, initContainers, restartPolicy, terminationGracePeriodSeconds } = recordOf(spec);
  const causes: FieldCause[] = [];
  if (Array.isArray(containers) && containers.length === 0) {
    causes.push(fieldErrors.required(`${field}.containers`));
  }
  causes.push(...validateContainers(containers, `${field}.containers`));
  causes.push(...validateContainers(initContainers, `${field}.initContainers`));
  if (!restartPolicies.includes(String(restartPolicy))) {
    causes.push(fieldErrors.unsupported(`${field}.restartPolicy`, restartPolicy, restartPolicies));
  }
  if (typeof terminationGracePeriodSeconds === 'number' && terminationGracePeriodSeconds < 0) {
    const why = 'must be greater than or equal to 0';
    causes.push(
      fieldErrors.invalid(`${field}.terminationGracePeriodSeconds`, terminationGracePeriodSeconds, why),
    );
  }
  return causes;
}

const mutableMembers = ['activeDeadlineSeconds', 'terminationGracePeriodSeconds', 'tolerations', 'nodeName'];
const immutableWhy =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

function comparable(spec: unknown): Record<string, unknown> {
  const copy: Record<string, unknown> = { ...recordOf(spec) };
  for (const member of mutableMembers) delete copy[member];
  for (const member of ['containers', 'initContainers']) {
    copy[member] = arrayOf(copy[member]).map((container) => ({
      ...recordOf(container),
      image: '',
      imagePullPolicy: '',
    }));
  }
  return copy;
}

function qosClass(spec: unknown): string {
  const resources = arrayOf(recordOf(spec)['containers']).map((item) =>
    recordOf(recordOf(item)['resources']),
  );
  const none = resources.every((one) => one['limits'] === undefined && one['requests'] === undefined);
  if (none) return 'BestEffort';
  const guaranteed = resources.every((one) => {
    const limits = recordOf(one['limits']);
    return (
      limits['cpu'] !== undefined &&
      limits['memory'] !== undefined &&
      (one['requests'] === undefined || sameJson(one['requests'], limits))
    );
  });
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

const defaultTolerations = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map((key) => ({
  effect: 'NoExecute',
  key,
  operator: 'Exists',
  tolerationSeconds: 300,
}));

export const podRules: KindRules = {
  prepare(object, previous) {
    let spec = preparePodSpec(object.spec);
    if (previous !== null) return spec === object.spec ? object : ({ ...object, spec } as StoredObject);
    spec = {
      serviceAccountName: 'default',
      serviceAccount: 'default',
      tolerations: defaultTolerations,
      ...recordOf(spec),
    };
    return { ...object, spec, status: { phase: 'Pending', qosClass: qosClass(spec) } } as StoredObject;
  },
  validate(object, previous) {
    if (!isRecord(object.spec)) return [fieldErrors.required('spec')];
    const causes = validatePodSpec(object.spec, 'spec');
    if (previous !== null && !sameJson(comparable(object.spec), comparable(previous.spec))) {
      causes.push(fieldErrors.forbidden('spec', immutableWhy));
    }
    return causes;
  },
};
