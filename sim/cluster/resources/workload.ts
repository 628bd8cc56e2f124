// Deployments and their relatives: the selector must fit the template and never changes.
import type { FieldCause } from '../failure.ts';
import { fieldErrors } from '../field-error.ts';
import { at, isRecord, recordOf, sameJson } from '../json.ts';
import { validateLabels } from '../object-names.ts';
import { labelSelectorMatches } from '../selectors.ts';
import type { StoredObject } from '../store-api.ts';
import { preparePodSpec, validatePodSpec } from './pod.ts';
import type { KindRules } from './rules.ts';

function withTemplate(object: StoredObject): StoredObject {
  const template = recordOf(object.spec?.['template']);
  const podSpec = preparePodSpec(template['spec']);
  if (podSpec === template['spec']) return object;
  return { ...object, spec: { ...object.spec, template: { ...template, spec: podSpec } } };
}

/** Rolling update parameters exist only under the strategy that uses them. */
function withStrategy(object: StoredObject): StoredObject {
  const strategy = object.spec?.['strategy'];
  if (object.kind !== 'Deployment' || !isRecord(strategy)) return object;
  if (strategy['type'] !== 'RollingUpdate') return object;
  const rollingUpdate = { maxUnavailable: '25%', maxSurge: '25%', ...recordOf(strategy['rollingUpdate']) };
  if (sameJson(rollingUpdate, strategy['rollingUpdate'])) return object;
  return { ...object, spec: { ...object.spec, strategy: { type: 'RollingUpdate', rollingUpdate } } };
}

function selectorCauses(object: StoredObject, previous: StoredObject | null): FieldCause[] {
  const selector = object.spec?.['selector'];
  const labels = at(object.spec, 'template', 'metadata', 'labels') as Record<string, string> | undefined;
  const causes = validateLabels(labels, 'spec.template.labels');
  if (previous !== null && !sameJson(previous.spec?.['selector'], selector)) {
    causes.push(fieldErrors.invalid('spec.selector', selector, 'field is immutable'));
  }
  if (!isRecord(selector)) return causes;
  const empty =
    Object.keys(recordOf(selector['matchLabels'])).length === 0 && selector['matchExpressions'] === undefined;
  if (empty) {
    const why = `empty selector is invalid for ${object.kind.toLowerCase()}`;
    causes.push(fieldErrors.invalid('spec.selector', selector, why));
  } else if (!labelSelectorMatches(selector, labels)) {
    const why = '`selector` does not match template `labels`';
    causes.push(fieldErrors.invalid('spec.template.metadata.labels', labels ?? {}, why));
  }
  return causes;
}

function amountProblem(value: unknown): boolean {
  if (typeof value === 'number') return value < 0;
  return typeof value === 'string' && !/^\d+%$/.test(value);
}

function strategyCauses(object: StoredObject): FieldCause[] {
  const strategy = recordOf(object.spec?.['strategy']);
  const rolling = recordOf(strategy['rollingUpdate']);
  const causes: FieldCause[] = [];
  if (strategy['type'] === 'Recreate' && strategy['rollingUpdate'] !== undefined) {
    const why = "may not be specified when strategy `type` is 'Recreate'";
    return [fieldErrors.forbidden('spec.strategy.rollingUpdate', why)];
  }
  if (!['RollingUpdate', 'Recreate'].includes(String(strategy['type']))) {
    return [fieldErrors.unsupported('spec.strategy.type', strategy['type'], ['Recreate', 'RollingUpdate'])];
  }
  for (const member of ['maxUnavailable', 'maxSurge']) {
    if (!amountProblem(rolling[member])) continue;
    const why =
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
    causes.push(fieldErrors.invalid(`spec.strategy.rollingUpdate.${member}`, rolling[member], why));
  }
  const zero = (value: unknown): boolean => value === 0 || value === '0%';
  if (zero(rolling['maxUnavailable']) && zero(rolling['maxSurge'])) {
    const why = 'may not be 0 when `maxSurge` is 0';
    causes.push(
      fieldErrors.invalid('spec.strategy.rollingUpdate.maxUnavailable', rolling['maxUnavailable'], why),
    );
  }
  return causes;
}

export const workloadRules: KindRules = {
  prepare: (object) => withStrategy(withTemplate(object)),
  validate(object, previous) {
    if (!isRecord(object.spec)) return [fieldErrors.required('spec')];
    const causes = selectorCauses(object, previous);
    const { replicas } = object.spec;
    if (typeof replicas === 'number' && replicas < 0) {
      causes.push(fieldErrors.invalid('spec.replicas', replicas, 'must be greater than or equal to 0'));
    }
    if (object.kind === 'Deployment') causes.push(...strategyCauses(object));
    const podSpec = at(object.spec, 'template', 'spec');
    causes.push(...validatePodSpec(podSpec, 'spec.template.spec'));
    const restartPolicy = at(podSpec, 'restartPolicy');
    if (restartPolicy === 'OnFailure' || restartPolicy === 'Never') {
      causes.push(fieldErrors.unsupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']));
    }
    return causes;
  },
};

export const jobRules: KindRules = {
  prepare(object, previous) {
    const prepared = withTemplate(object);
    if (previous !== null || prepared.spec?.['manualSelector'] === true) return prepared;
    const uid = String(prepared.metadata.uid);
    const template = recordOf(prepared.spec?.['template']);
    const metadata = recordOf(template['metadata']);
    const own = {
      'batch.kubernetes.io/controller-uid': uid,
      'batch.kubernetes.io/job-name': prepared.metadata.name,
      'controller-uid': uid,
      'job-name': prepared.metadata.name,
    };
    const labels = { ...recordOf(metadata['labels']), ...own };
    const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
    const completions = prepared.spec?.['completions'] ?? 1;
    return {
      ...prepared,
      spec: {
        ...prepared.spec,
        completions,
        selector,
        template: { ...template, metadata: { ...metadata, labels } },
      },
    };
  },
  validate(object, previous) {
    const causes: FieldCause[] = [];
    const restartPolicy = at(object.spec, 'template', 'spec', 'restartPolicy');
    if (restartPolicy === 'Always') {
      causes.push(
        fieldErrors.unsupported('spec.template.spec.restartPolicy', restartPolicy, ['OnFailure', 'Never']),
      );
    }
    causes.push(...validatePodSpec(at(object.spec, 'template', 'spec'), 'spec.template.spec'));
    if (previous !== null && !sameJson(previous.spec?.['template'], object.spec?.['template'])) {
      causes.push(fieldErrors.invalid('spec.template', '', 'field is immutable'));
    }
    return causes;
  },
};
