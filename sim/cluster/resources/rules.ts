// Which kinds have defaulting and validation of their own, and where it is.
import type { ResourceDefinition } from '../resource.ts';
import { ingressClassRules, ingressRules } from './ingress.ts';
import { namespaceRules, nodeRules } from './namespace.ts';
import { podRules } from './pod.ts';
import { configMapRules, secretRules } from './secret.ts';
import { serviceRules } from './service.ts';
import { customResourceDefinitionRules, endpointSliceRules, leaseRules } from './small-kinds.ts';
import { jobRules, workloadRules } from './workload.ts';

export type KindRules = Pick<ResourceDefinition, 'prepare' | 'validate'>;

export const rulesByKind: Readonly<Record<string, KindRules>> = {
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
};
