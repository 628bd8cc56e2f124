// Rows of the kinds that are looked at now and then: volumes, quotas, autoscalers, webhooks, bindings of roles.
import { arrayOf, at, recordOf, textAt } from '../json.ts';
import type { StoredObject } from '../store-api.ts';
import { age, joined, selectorText, since } from './cells.ts';

export type Cells = (object: StoredObject, nowMs: number) => readonly unknown[];

const named = (object: StoredObject): string => object.metadata.name;
const textOr = (object: StoredObject, otherwise: string, ...path: string[]): string =>
  textAt(object, ...path) || otherwise;
const orDefault = (value: unknown, otherwise: unknown): unknown => value ?? otherwise;

const shortModes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

function accessModes(object: StoredObject, ...path: string[]): string {
  return joined(arrayOf(at(object, ...path)).map((mode) => shortModes[String(mode)] ?? String(mode)));
}

const unset = '<unset>';

const volumeCells: Cells = (object, nowMs) => {
  const claim = recordOf(at(object, 'spec', 'claimRef'));
  return [
    named(object),
    String(at(object, 'spec', 'capacity', 'storage') ?? ''),
    accessModes(object, 'spec', 'accessModes'),
    textAt(object, 'spec', 'persistentVolumeReclaimPolicy'),
    textAt(object, 'status', 'phase'),
    claim['name'] === undefined ? '' : `${claim['namespace']}/${claim['name']}`,
    textAt(object, 'spec', 'storageClassName'),
    textOr(object, unset, 'spec', 'volumeAttributesClassName'),
    textAt(object, 'status', 'reason'),
    age(object, nowMs),
    textOr(object, unset, 'spec', 'volumeMode'),
  ];
};

const claimCells: Cells = (object, nowMs) => {
  const bound = textAt(object, 'spec', 'volumeName') !== '';
  return [
    named(object),
    object.metadata.deletionTimestamp === undefined ? textAt(object, 'status', 'phase') : 'Terminating',
    textAt(object, 'spec', 'volumeName'),
    bound ? String(at(object, 'status', 'capacity', 'storage') ?? '') : '',
    bound ? accessModes(object, 'status', 'accessModes') : '',
    textAt(object, 'spec', 'storageClassName'),
    textOr(object, unset, 'spec', 'volumeAttributesClassName'),
    age(object, nowMs),
    textOr(object, unset, 'spec', 'volumeMode'),
  ];
};

const quotaCells: Cells = (object, nowMs) => {
  const hard = recordOf(at(object, 'spec', 'hard'));
  const used = recordOf(at(object, 'status', 'used'));
  const shown = (names: readonly string[]): string =>
    names.map((name) => `${name}: ${used[name] ?? '0'}/${hard[name]}`).join(', ');
  const names = Object.keys(hard).sort();
  const isLimit = (name: string): boolean => name.startsWith('limits');
  return [
    named(object),
    shown(names.filter((name) => !isLimit(name))),
    shown(names.filter(isLimit)),
    age(object, nowMs),
  ];
};

function metricText(metric: unknown, current: unknown): string {
  const target = recordOf(at(metric, 'resource', 'target'));
  const name = textAt(metric, 'resource', 'name');
  if (textAt(metric, 'type') !== 'Resource') return `<unknown> (${textAt(metric, 'type')})`;
  const found = recordOf(at(current, 'resource', 'current'));
  if (target['averageUtilization'] !== undefined) {
    const percent = found['averageUtilization'];
    const now = percent === undefined ? '<unknown>' : `${percent}%`;
    return `${name}: ${now}/${target['averageUtilization']}%`;
  }
  return `${name}: ${found['averageValue'] ?? '<unknown>'}/${target['averageValue'] ?? target['value']}`;
}

const autoscalerCells: Cells = (object, nowMs) => {
  const metrics = arrayOf(at(object, 'spec', 'metrics'));
  const current = arrayOf(at(object, 'status', 'currentMetrics'));
  const shown = metrics.slice(0, 2).map((metric, index) => metricText(metric, current[index]));
  const more = metrics.length > 2 ? ` + ${metrics.length - 2} more...` : '';
  const reference = recordOf(at(object, 'spec', 'scaleTargetRef'));
  return [
    named(object),
    `${reference['kind']}/${reference['name']}`,
    shown.length === 0 ? '<none>' : shown.join(', ') + more,
    String(at(object, 'spec', 'minReplicas') ?? unset),
    at(object, 'spec', 'maxReplicas'),
    orDefault(at(object, 'status', 'currentReplicas'), 0),
    age(object, nowMs),
  ];
};

const cronJobCells: Cells = (object, nowMs) => {
  const last = textAt(object, 'status', 'lastScheduleTime');
  const containers = arrayOf(at(object, 'spec', 'jobTemplate', 'spec', 'template', 'spec', 'containers'));
  const member = (name: string): string => joined(containers.map((one) => textAt(one, name)));
  return [
    named(object),
    textAt(object, 'spec', 'schedule'),
    textOr(object, '<none>', 'spec', 'timeZone'),
    at(object, 'spec', 'suspend') === true ? 'True' : 'False',
    arrayOf(at(object, 'status', 'active')).length,
    last === '' ? '<none>' : since(last, nowMs),
    age(object, nowMs),
    member('name'),
    member('image'),
    selectorText(at(object, 'spec', 'jobTemplate', 'spec', 'selector')),
  ];
};

function subjects(object: StoredObject, kind: string): string {
  const found = arrayOf(object['subjects']).filter((subject) => textAt(subject, 'kind') === kind);
  const shown = found.map((subject) =>
    kind === 'ServiceAccount'
      ? `${textAt(subject, 'namespace')}/${textAt(subject, 'name')}`
      : textAt(subject, 'name'),
  );
  return shown.join(', ');
}

const bindingCells: Cells = (object, nowMs) => [
  named(object),
  `${textAt(object['roleRef'], 'kind')}/${textAt(object['roleRef'], 'name')}`,
  age(object, nowMs),
  subjects(object, 'User'),
  subjects(object, 'Group'),
  subjects(object, 'ServiceAccount'),
];

function requestCondition(object: StoredObject): string {
  const types = arrayOf(at(object, 'status', 'conditions')).map((one) => textAt(one, 'type'));
  const issued = textAt(object, 'status', 'certificate') === '' ? [] : ['Issued'];
  return types.length === 0 ? 'Pending' : [...types, ...issued].join(',');
}

function templateMember(object: StoredObject, name: string): string {
  const containers = arrayOf(at(object, 'spec', 'template', 'spec', 'containers'));
  return joined(containers.map((one) => textAt(one, name)));
}

const webhookCells: Cells = (object, nowMs) => [
  named(object),
  arrayOf(object['webhooks']).length,
  age(object, nowMs),
];

/** Names of columns as in printers.ts, and what stands in them. */
export const furtherRows: Readonly<Record<string, readonly [columns: string, cells: Cells]>> = {
  PersistentVolume: [
    'Name,Capacity,Access Modes,Reclaim Policy,Status,Claim,StorageClass,VolumeAttributesClass,Reason,Age,VolumeMode*',
    volumeCells,
  ],
  PersistentVolumeClaim: [
    'Name,Status,Volume,Capacity,Access Modes,StorageClass,VolumeAttributesClass,Age,VolumeMode*',
    claimCells,
  ],
  ResourceQuota: ['Name,Request,Limit,Age', quotaCells],
  LimitRange: ['Name,Created At', (object) => [named(object), object.metadata.creationTimestamp]],
  ReplicationController: [
    'Name,Desired#,Current#,Ready#,Age,Containers*,Images*,Selector*',
    (object, nowMs) => [
      named(object),
      orDefault(at(object, 'spec', 'replicas'), 0),
      orDefault(at(object, 'status', 'replicas'), 0),
      orDefault(at(object, 'status', 'readyReplicas'), 0),
      age(object, nowMs),
      templateMember(object, 'name'),
      templateMember(object, 'image'),
      selectorText({ matchLabels: at(object, 'spec', 'selector') }),
    ],
  ],
  HorizontalPodAutoscaler: ['Name,Reference,Targets,MinPods,MaxPods,Replicas#,Age', autoscalerCells],
  CronJob: [
    'Name,Schedule,Timezone,Suspend,Active#,Last Schedule,Age,Containers*,Images*,Selector*',
    cronJobCells,
  ],
  PodDisruptionBudget: [
    'Name,Min Available,Max Unavailable,Allowed Disruptions#,Age',
    (object, nowMs) => [
      named(object),
      String(at(object, 'spec', 'minAvailable') ?? 'N/A'),
      String(at(object, 'spec', 'maxUnavailable') ?? 'N/A'),
      orDefault(at(object, 'status', 'disruptionsAllowed'), 0),
      age(object, nowMs),
    ],
  ],
  StorageClass: [
    'Name,Provisioner,ReclaimPolicy,VolumeBindingMode,AllowVolumeExpansion,Age',
    (object, nowMs) => [
      object.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true'
        ? `${named(object)} (default)`
        : named(object),
      textAt(object, 'provisioner'),
      textAt(object, 'reclaimPolicy'),
      textAt(object, 'volumeBindingMode'),
      object['allowVolumeExpansion'] === true,
      age(object, nowMs),
    ],
  ],
  PriorityClass: [
    'Name,Value#,Global-Default,Age,PreemptionPolicy',
    (object, nowMs) => [
      named(object),
      object['value'],
      object['globalDefault'] === true,
      age(object, nowMs),
      textAt(object, 'preemptionPolicy'),
    ],
  ],
  RuntimeClass: [
    'Name,Handler,Age',
    (object, nowMs) => [named(object), textAt(object, 'handler'), age(object, nowMs)],
  ],
  MutatingWebhookConfiguration: ['Name,Webhooks#,Age', webhookCells],
  ValidatingWebhookConfiguration: ['Name,Webhooks#,Age', webhookCells],
  ValidatingAdmissionPolicy: [
    'Name,Validations#,ParamKind,Age',
    (object, nowMs) => {
      const { apiVersion, kind } = recordOf(at(object, 'spec', 'paramKind'));
      const shown = kind === undefined ? unset : `${apiVersion}/${kind}`;
      return [named(object), arrayOf(at(object, 'spec', 'validations')).length, shown, age(object, nowMs)];
    },
  ],
  ValidatingAdmissionPolicyBinding: [
    'Name,PolicyName,ParamRef,Age',
    (object, nowMs) => {
      const { namespace, name } = recordOf(at(object, 'spec', 'paramRef'));
      const shown = name === undefined ? unset : namespace === undefined ? `${name}` : `${namespace}/${name}`;
      return [named(object), textAt(object, 'spec', 'policyName'), shown, age(object, nowMs)];
    },
  ],
  CertificateSigningRequest: [
    'Name,Age,SignerName,Requestor,RequestedDuration,Condition',
    (object, nowMs) => [
      named(object),
      age(object, nowMs),
      textAt(object, 'spec', 'signerName'),
      textAt(object, 'spec', 'username'),
      '<none>',
      requestCondition(object),
    ],
  ],
  RoleBinding: ['Name,Role,Age,Users*,Groups*,ServiceAccounts*', bindingCells],
  ClusterRoleBinding: ['Name,Role,Age,Users*,Groups*,ServiceAccounts*', bindingCells],
  ControllerRevision: [
    'Name,Controller,Revision#,Age',
    (object, nowMs) => {
      const owner = object.metadata.ownerReferences?.find(({ controller }) => controller === true);
      const group = owner?.apiVersion.includes('/') === true ? `.${owner.apiVersion.split('/')[0]}` : '';
      const shown = owner === undefined ? '<none>' : `${owner.kind.toLowerCase()}${group}/${owner.name}`;
      return [named(object), shown, object['revision'], age(object, nowMs)];
    },
  ],
};
