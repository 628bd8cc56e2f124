// Which kinds have defaulting and validation of their own, and where it is.
import type { ResourceDefinition } from '../resource.ts';
import type { StoredObject } from '../store-api.ts';
import { admissionPolicyRules } from './admission-policy.ts';
import { customResourceDefinitionRules } from './custom-resource-definition.ts';
import { ingressClassRules, ingressRules } from './ingress.ts';
import { namespaceRules, nodeRules } from './namespace.ts';
import { podRules } from './pod.ts';
import { configMapRules, secretRules } from './secret.ts';
import { serviceRules } from './service.ts';
import { endpointSliceRules, leaseRules } from './small-kinds.ts';
import { webhookConfigurationRules } from './webhook-configuration.ts';
import { jobRules, workloadRules } from './workload.ts';

export type KindRules = Pick<ResourceDefinition, 'prepare' | 'validate' | 'warnings'>;

/** All but metadata and status are the very same values. */
function sharesContent(object: StoredObject, previous: StoredObject): boolean {
  const members = [...Object.keys(object), ...Object.keys(previous)];
  return members.every(
    (member) => member === 'metadata' || member === 'status' || object[member] === previous[member],
  );
}

/** The rules of a built-in kind look at neither metadata nor status: a write of these needs no judgement again. */
function judgeContent({ prepare, validate, warnings }: KindRules): KindRules {
  return {
    ...(warnings === undefined ? {} : { warnings }),
    ...(prepare === undefined ? {} : { prepare }),
    ...(validate === undefined
      ? {}
      : {
          validate: (object, previous, found) =>
            previous !== null && sharesContent(object, previous) ? [] : validate(object, previous, found),
        }),
  };
}

const ownRules: Readonly<Record<string, KindRules>> = {
  Namespace: namespaceRules,
  Node: nodeRules,
  Pod: podRules,
  Service: serviceRules,
  Secret: secretRules,
  ConfigMap: configMapRules,
  Deployment: workloadRules,
  ReplicaSet: workloadRules,
  StatefulSet: workloadRules,
  DaemonSet: workloadRules,
  Job: jobRules,
  Ingress: ingressRules,
  IngressClass: ingressClassRules,
  EndpointSlice: endpointSliceRules,
  Lease: leaseRules,
  CustomResourceDefinition: customResourceDefinitionRules,
  ValidatingAdmissionPolicy: admissionPolicyRules,
  MutatingWebhookConfiguration: webhookConfigurationRules,
  ValidatingWebhookConfiguration: webhookConfigurationRules,
};

export const rulesByKind: Readonly<Record<string, KindRules>> = Object.fromEntries(
  Object.entries(ownRules).map(([kind, rules]) => [kind, judgeContent(rules)]),
);
