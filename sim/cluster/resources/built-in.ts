// The built-in kinds as one table. Rules that only one kind has are in the files beside this one.
import type { ResourceDefinition } from '../resource.ts';
import { admissionText } from '../schema/admission-schemas.ts';
import { autoscalingText, autoscalingV1Text } from '../schema/autoscaling-schemas.ts';
import { coreText, metaText } from '../schema/core-schemas.ts';
import { parseSchemas } from '../schema/language.ts';
import { networkText } from '../schema/network-schemas.ts';
import { podText, workloadText } from '../schema/pod-schemas.ts';
import { storedOnlyText } from '../schema/stored-only-schemas.ts';
import type { Schema } from '../schema/structural.ts';
import { printerFor } from '../table/printers.ts';
import { autoscalerConversion } from './autoscaler-conversion.ts';
import type { Row } from './row.ts';
import { rulesByKind } from './rules.ts';
import { storedOnlyRows } from './stored-only-kinds.ts';

const schemas = parseSchemas([
  ['io.k8s.apimachinery.pkg.apis.meta.v1', metaText],
  ['io.k8s.api.core.v1', coreText],
  ['io.k8s.api.core.v1', podText],
  ['io.k8s.api.apps.v1', workloadText],
  ['io.k8s.api.networking.v1', networkText],
  ['io.k8s.api.autoscaling.v2', autoscalingText],
  ['io.k8s.api.autoscaling.v1', autoscalingV1Text],
  ['io.k8s.api.admissionregistration.v1', admissionText],
  ['io.k8s.api.core.v1', storedOnlyText],
]);

export const objectMetaSchema: Schema = schemas.get('ObjectMeta')!;

const core = { group: '', version: 'v1' };
const apps = { group: 'apps', version: 'v1' };
const networking = { group: 'networking.k8s.io', version: 'v1' };
const admission = { group: 'admissionregistration.k8s.io', version: 'v1' };
const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1' };

const autoscalingIdle = 'there are no metrics to scale by';

const rows: readonly Row[] = [
  {
    ...core,
    kind: 'Namespace',
    plural: 'namespaces',
    short: 'ns',
    namespaced: false,
    traits: 's-',
    names: 'label',
    fields: ['status.phase'],
  },
  {
    ...core,
    kind: 'Pod',
    plural: 'pods',
    short: 'po',
    namespaced: true,
    traits: 'sg',
    all: true,
    fields: [
      'spec.nodeName',
      'spec.restartPolicy',
      'spec.schedulerName',
      'spec.serviceAccountName',
      'spec.hostNetwork',
      'status.phase',
      'status.podIP',
      'status.nominatedNodeName',
    ],
  },
  {
    ...core,
    kind: 'Service',
    plural: 'services',
    short: 'svc',
    namespaced: true,
    traits: 's-',
    all: true,
    names: 'label1035',
    fields: ['spec.clusterIP', 'spec.type'],
  },
  { ...core, kind: 'Endpoints', plural: 'endpoints', short: 'ep', namespaced: true },
  { ...core, kind: 'Secret', plural: 'secrets', namespaced: true, fields: ['type'] },
  { ...core, kind: 'ConfigMap', plural: 'configmaps', short: 'cm', namespaced: true },
  {
    ...core,
    kind: 'Event',
    plural: 'events',
    short: 'ev',
    namespaced: true,
    fields: [
      'involvedObject.kind',
      'involvedObject.namespace',
      'involvedObject.name',
      'involvedObject.uid',
      'involvedObject.apiVersion',
      'involvedObject.resourceVersion',
      'involvedObject.fieldPath',
      'reason',
      'reportingComponent',
      'source',
      'type',
    ],
  },
  {
    ...core,
    kind: 'Node',
    plural: 'nodes',
    short: 'no',
    namespaced: false,
    traits: 's-',
    fields: ['spec.unschedulable'],
  },
  { ...core, kind: 'ServiceAccount', plural: 'serviceaccounts', short: 'sa', namespaced: true },
  {
    ...core,
    kind: 'PersistentVolumeClaim',
    plural: 'persistentvolumeclaims',
    short: 'pvc',
    namespaced: true,
    traits: 's-',
  },
  {
    ...apps,
    kind: 'Deployment',
    plural: 'deployments',
    short: 'deploy',
    namespaced: true,
    traits: 'scg',
    all: true,
  },
  {
    ...apps,
    kind: 'ReplicaSet',
    plural: 'replicasets',
    short: 'rs',
    namespaced: true,
    traits: 'scg',
    all: true,
    fields: ['status.replicas'],
  },
  {
    ...apps,
    kind: 'StatefulSet',
    plural: 'statefulsets',
    short: 'sts',
    namespaced: true,
    traits: 'scg',
    all: true,
  },
  {
    ...apps,
    kind: 'DaemonSet',
    plural: 'daemonsets',
    short: 'ds',
    namespaced: true,
    traits: 'sg',
    all: true,
  },
  { ...apps, kind: 'ControllerRevision', plural: 'controllerrevisions', namespaced: true },
  {
    group: 'batch',
    version: 'v1',
    kind: 'Job',
    plural: 'jobs',
    namespaced: true,
    traits: 'sg',
    all: true,
    fields: ['status.successful'],
  },
  {
    group: 'batch',
    version: 'v1',
    kind: 'CronJob',
    plural: 'cronjobs',
    short: 'cj',
    namespaced: true,
    traits: 'sg',
    all: true,
  },
  {
    group: 'discovery.k8s.io',
    version: 'v1',
    kind: 'EndpointSlice',
    plural: 'endpointslices',
    namespaced: true,
    traits: 'g',
  },
  { ...networking, kind: 'Ingress', plural: 'ingresses', short: 'ing', namespaced: true, traits: 'sg' },
  { ...networking, kind: 'IngressClass', plural: 'ingressclasses', namespaced: false, traits: 'g' },
  {
    ...networking,
    kind: 'NetworkPolicy',
    plural: 'networkpolicies',
    short: 'netpol',
    namespaced: true,
    traits: 'g',
    idle: 'network policies are not enforced',
  },
  { group: 'coordination.k8s.io', version: 'v1', kind: 'Lease', plural: 'leases', namespaced: true },
  {
    group: 'events.k8s.io',
    version: 'v1',
    kind: 'Event',
    plural: 'events',
    short: 'ev',
    namespaced: true,
    schema: 'EventV1',
  },
  {
    group: 'policy',
    version: 'v1',
    kind: 'PodDisruptionBudget',
    plural: 'poddisruptionbudgets',
    short: 'pdb',
    namespaced: true,
    traits: 'sg',
  },
  {
    group: 'autoscaling',
    version: 'v2',
    kind: 'HorizontalPodAutoscaler',
    plural: 'horizontalpodautoscalers',
    short: 'hpa',
    namespaced: true,
    traits: 's-',
    all: true,
    idle: autoscalingIdle,
  },
  {
    group: 'autoscaling',
    version: 'v1',
    kind: 'HorizontalPodAutoscaler',
    plural: 'horizontalpodautoscalers',
    short: 'hpa',
    namespaced: true,
    traits: 's-',
    all: true,
    schema: 'HorizontalPodAutoscalerV1',
    idle: autoscalingIdle,
  },
  {
    ...admission,
    kind: 'ValidatingWebhookConfiguration',
    plural: 'validatingwebhookconfigurations',
    namespaced: false,
    traits: 'g',
  },
  {
    ...admission,
    kind: 'MutatingWebhookConfiguration',
    plural: 'mutatingwebhookconfigurations',
    namespaced: false,
    traits: 'g',
  },
  {
    ...admission,
    kind: 'ValidatingAdmissionPolicy',
    plural: 'validatingadmissionpolicies',
    namespaced: false,
    traits: 'sg',
  },
  {
    ...admission,
    kind: 'ValidatingAdmissionPolicyBinding',
    plural: 'validatingadmissionpolicybindings',
    namespaced: false,
    traits: 'g',
  },
  { ...rbac, kind: 'Role', plural: 'roles', namespaced: true, names: 'path' },
  { ...rbac, kind: 'RoleBinding', plural: 'rolebindings', namespaced: true, names: 'path' },
  { ...rbac, kind: 'ClusterRole', plural: 'clusterroles', namespaced: false, names: 'path' },
  { ...rbac, kind: 'ClusterRoleBinding', plural: 'clusterrolebindings', namespaced: false, names: 'path' },
  {
    group: 'apiextensions.k8s.io',
    version: 'v1',
    kind: 'CustomResourceDefinition',
    plural: 'customresourcedefinitions',
    short: 'crd,crds',
    namespaced: false,
    traits: 'sg',
  },
];

export const allVerbs = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
] as const;

/** Kind, metadata and the members of the kind itself. */
export function withObjectMembers(schema: Schema, name: string): Schema {
  const { apiVersion: _a, kind: _k, metadata: _m, ...own } = schema.properties ?? {};
  const properties = Object.assign(Object.create(null) as Record<string, Schema>, {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: objectMetaSchema,
    ...own,
  });
  return { ...schema, name, properties };
}

function openApiName(row: Row): string {
  if (row.group === 'apiextensions.k8s.io') {
    return `io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.${row.kind}`;
  }
  const room = row.group === '' ? 'core' : row.group.replace(/\.(authorization\.)?k8s\.io$/, '');
  return `io.k8s.api.${room}.${row.version}.${row.kind}`;
}

function definitionOf(row: Row): ResourceDefinition {
  const traits = row.traits ?? '';
  return {
    group: row.group,
    version: row.version,
    plural: row.plural,
    singular: row.kind.toLowerCase(),
    kind: row.kind,
    shortNames: row.short?.split(',') ?? [],
    categories:
      row.all === true ? ['all'] : row.kind === 'CustomResourceDefinition' ? ['api-extensions'] : [],
    namespaced: row.namespaced,
    statusSubresource: traits.includes('s'),
    scale: traits.includes('c'),
    generations: traits.includes('g'),
    nameRule: row.names ?? 'subdomain',
    versionRequired: false,
    strategicMerge: true,
    schema: withObjectMembers(schemas.get(row.schema ?? row.kind)!, openApiName(row)),
    selectableFields: row.fields ?? [],
    printer: printerFor(row.group, row.kind),
    verbs: allVerbs,
    ...(row.idle === undefined ? {} : { warnings: () => [`stored only: in this cluster ${row.idle}`] }),
    ...(row.schema === 'HorizontalPodAutoscalerV1'
      ? { storage: false, conversion: autoscalerConversion }
      : {}),
    ...(row.group === 'events.k8s.io' ? {} : rulesByKind[row.kind]),
  };
}

/** The same ones for every cluster: what is remembered by schema holds for all. */
const definitions: readonly ResourceDefinition[] = [...rows, ...storedOnlyRows].map(definitionOf);

export function builtInDefinitions(): readonly ResourceDefinition[] {
  return definitions;
}
