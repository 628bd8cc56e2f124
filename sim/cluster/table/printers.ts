// Which columns `kubectl get` shows for each built-in kind: server-side printing.
import { arrayOf, at, recordOf, textAt } from '../json.ts';
import type { TableColumn, TablePrinter } from '../resource.ts';
import type { StoredObject } from '../store-api.ts';
import { age, joined, selectorText, since } from './cells.ts';
import { type Cells, furtherRows } from './further-cells.ts';
import { podCells } from './pod-cells.ts';

/** 'Name,Ready,IP*': a star marks columns of wide output, a hash numbers. */
function columns(text: string): readonly TableColumn[] {
  return text.split(',').map((item) => {
    const name = item.replace(/[*#]/g, '');
    const base = { name, description: '', priority: item.includes('*') ? 1 : 0 };
    if (item.includes('#')) return { ...base, type: 'integer', format: '' };
    return { ...base, type: 'string', format: name === 'Name' ? 'name' : '' };
  });
}

const named = (object: StoredObject): string => object.metadata.name;

function containers(object: StoredObject, member: string): string {
  const list = arrayOf(at(object, 'spec', 'template', 'spec', 'containers'));
  return joined(list.map((container) => textAt(container, member)));
}

function count(object: StoredObject, ...path: string[]): number {
  const value = at(object, ...path);
  return typeof value === 'number' ? value : 0;
}

function servicePorts(object: StoredObject): string {
  const ports = arrayOf(object.spec?.['ports']).map((item) => {
    const { port, nodePort, protocol } = recordOf(item);
    return nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`;
  });
  return ports.length === 0 ? '<none>' : joined(ports);
}

function loadBalancerAddresses(object: StoredObject): string {
  const ingress = arrayOf(at(object, 'status', 'loadBalancer', 'ingress'));
  return joined(ingress.map((item) => textAt(item, 'ip') || textAt(item, 'hostname')));
}

function externalAddress(object: StoredObject): string {
  const type = textAt(object, 'spec', 'type');
  const external = joined(arrayOf(object.spec?.['externalIPs']).map(String));
  if (type === 'ExternalName') return textAt(object, 'spec', 'externalName');
  if (type === 'LoadBalancer')
    return [loadBalancerAddresses(object), external].filter(Boolean).join(',') || '<pending>';
  return external || '<none>';
}

function endpointsText(object: StoredObject): string {
  const all: string[] = [];
  for (const subset of arrayOf(object['subsets'])) {
    for (const address of arrayOf(at(subset, 'addresses'))) {
      const ports = arrayOf(at(subset, 'ports'));
      if (ports.length === 0) all.push(textAt(address, 'ip'));
      for (const port of ports) all.push(`${textAt(address, 'ip')}:${at(port, 'port')}`);
    }
  }
  return limited(all, 3);
}

function limited(list: readonly string[], shown: number): string {
  if (list.length === 0) return '<none>';
  const more = list.length > shown ? ` + ${list.length - shown} more...` : '';
  return joined(list.slice(0, shown)) + more;
}

function nodeStatus(object: StoredObject): string {
  const ready = arrayOf(at(object, 'status', 'conditions')).find((item) => textAt(item, 'type') === 'Ready');
  const text = ready === undefined ? 'Unknown' : textAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady';
  return object.spec?.['unschedulable'] === true ? `${text},SchedulingDisabled` : text;
}

function nodeAddress(object: StoredObject, type: string): string {
  const found = arrayOf(at(object, 'status', 'addresses')).find((item) => textAt(item, 'type') === type);
  return found === undefined ? '<none>' : textAt(found, 'address');
}

function nodeRoles(object: StoredObject): string {
  const prefix = 'node-role.kubernetes.io/';
  const labels = Object.keys(object.metadata.labels ?? {});
  return (
    joined(labels.filter((label) => label.startsWith(prefix)).map((label) => label.slice(prefix.length))) ||
    '<none>'
  );
}

function ingressHosts(object: StoredObject): string {
  const hosts = arrayOf(object.spec?.['rules'])
    .map((rule) => textAt(rule, 'host'))
    .filter(Boolean);
  return hosts.length === 0 ? '*' : limited(hosts, 3);
}

function eventAge(object: StoredObject, nowMs: number): string {
  const text =
    textAt(object, 'lastTimestamp') || textAt(object, 'firstTimestamp') || textAt(object, 'eventTime');
  const last = text === '' ? age(object, nowMs) : since(text, nowMs);
  const times = at(object, 'series', 'count') ?? object['count'];
  const first = textAt(object, 'firstTimestamp');
  return typeof times === 'number' && times > 1 && first !== ''
    ? `${last} (x${times} over ${since(first, nowMs)})`
    : last;
}

function eventCells(object: StoredObject, nowMs: number): readonly unknown[] {
  const involved = recordOf(object['involvedObject']);
  const source = recordOf(object['source']);
  const target = `${String(involved['kind'] ?? '').toLowerCase()}/${involved['name'] ?? ''}`;
  const path = textAt(involved, 'fieldPath');
  const component = textAt(source, 'component') || textAt(object, 'reportingComponent');
  const host = textAt(source, 'host');
  const from = host === '' ? component : `${component}, ${host}`;
  const first = textAt(object, 'firstTimestamp');
  const firstAge = first === '' ? age(object, nowMs) : since(first, nowMs);
  const times = object['count'] ?? 1;
  const message = textAt(object, 'message').trim();
  return [
    eventAge(object, nowMs),
    textAt(object, 'type'),
    textAt(object, 'reason'),
    target,
    path,
    from,
    message,
    firstAge,
    times,
    named(object),
  ];
}

const workloadCells: Cells = (object, nowMs) => [
  named(object),
  `${count(object, 'status', 'readyReplicas')}/${count(object, 'spec', 'replicas')}`,
  count(object, 'status', 'updatedReplicas'),
  count(object, 'status', 'availableReplicas'),
  age(object, nowMs),
  containers(object, 'name'),
  containers(object, 'image'),
  selectorText(object.spec?.['selector']),
];

const replicaSetCells: Cells = (object, nowMs) => [
  named(object),
  count(object, 'spec', 'replicas'),
  count(object, 'status', 'replicas'),
  count(object, 'status', 'readyReplicas'),
  age(object, nowMs),
  containers(object, 'name'),
  containers(object, 'image'),
  selectorText(object.spec?.['selector']),
];

const statefulSetCells: Cells = (object, nowMs) => [
  named(object),
  `${count(object, 'status', 'readyReplicas')}/${count(object, 'spec', 'replicas')}`,
  age(object, nowMs),
  containers(object, 'name'),
  containers(object, 'image'),
];

const daemonSetCells: Cells = (object, nowMs) => [
  named(object),
  count(object, 'status', 'desiredNumberScheduled'),
  count(object, 'status', 'currentNumberScheduled'),
  count(object, 'status', 'numberReady'),
  count(object, 'status', 'updatedNumberScheduled'),
  count(object, 'status', 'numberAvailable'),
  selectorText({ matchLabels: at(object, 'spec', 'template', 'spec', 'nodeSelector') }),
  age(object, nowMs),
  containers(object, 'name'),
  containers(object, 'image'),
  selectorText(object.spec?.['selector']),
];

function jobStatus(object: StoredObject): string {
  const types = arrayOf(at(object, 'status', 'conditions'))
    .filter((item) => textAt(item, 'status') === 'True')
    .map((item) => textAt(item, 'type'));
  if (types.includes('Complete')) return 'Complete';
  if (types.includes('Failed')) return 'Failed';
  if (object.metadata.deletionTimestamp !== undefined) return 'Terminating';
  return types.includes('Suspended') ? 'Suspended' : 'Running';
}

const jobCells: Cells = (object, nowMs) => {
  const start = textAt(object, 'status', 'startTime');
  const end = textAt(object, 'status', 'completionTime');
  const duration = start === '' ? '' : end === '' ? since(start, nowMs) : since(start, nowMs, end);
  const done = `${count(object, 'status', 'succeeded')}/${at(object, 'spec', 'completions') ?? 1}`;
  const selector = selectorText(object.spec?.['selector']);
  return [
    named(object),
    jobStatus(object),
    done,
    duration,
    age(object, nowMs),
    containers(object, 'name'),
    containers(object, 'image'),
    selector,
  ];
};

const nodeCells: Cells = (object, nowMs) => {
  const info = (member: string): string => textAt(object, 'status', 'nodeInfo', member) || '<unknown>';
  return [
    named(object),
    nodeStatus(object),
    nodeRoles(object),
    age(object, nowMs),
    textAt(object, 'status', 'nodeInfo', 'kubeletVersion'),
    nodeAddress(object, 'InternalIP'),
    nodeAddress(object, 'ExternalIP'),
    info('osImage'),
    info('kernelVersion'),
    info('containerRuntimeVersion'),
  ];
};

const endpointSliceCells: Cells = (object, nowMs) => {
  const ports = arrayOf(object['ports']).map((item) => String(at(item, 'port') ?? '*'));
  const addresses = arrayOf(object['endpoints']).flatMap((item) =>
    arrayOf(at(item, 'addresses')).map(String),
  );
  return [
    named(object),
    textAt(object, 'addressType'),
    ports.length === 0 ? '<unset>' : joined(ports),
    addresses.length === 0 ? '<unset>' : limited(addresses, 3),
    age(object, nowMs),
  ];
};

const ingressCells: Cells = (object, nowMs) => [
  named(object),
  textAt(object, 'spec', 'ingressClassName') ||
    object.metadata.annotations?.['kubernetes.io/ingress.class'] ||
    '<none>',
  ingressHosts(object),
  loadBalancerAddresses(object),
  at(object, 'spec', 'tls') === undefined ? '80' : '80, 443',
  age(object, nowMs),
];

const ingressClassCells: Cells = (object, nowMs) => {
  const { apiGroup, kind, name } = recordOf(at(object, 'spec', 'parameters'));
  const parameters = kind === undefined ? '<none>' : `${kind}.${apiGroup}/${name}`;
  return [named(object), textAt(object, 'spec', 'controller'), parameters, age(object, nowMs)];
};

const byKind: Readonly<Record<string, readonly [string, Cells]>> = {
  ...furtherRows,
  Namespace: ['Name,Status,Age', (o, now) => [named(o), textAt(o, 'status', 'phase'), age(o, now)]],
  Pod: ['Name,Ready,Status,Restarts,Age,IP*,Node*,Nominated Node*,Readiness Gates*', podCells],
  Service: [
    'Name,Type,Cluster-IP,External-IP,Port(s),Age,Selector*',
    (o, now) => [
      named(o),
      textAt(o, 'spec', 'type'),
      textAt(o, 'spec', 'clusterIP') || '<none>',
      externalAddress(o),
      servicePorts(o),
      age(o, now),
      selectorText({ matchLabels: o.spec?.['selector'] }),
    ],
  ],
  Endpoints: ['Name,Endpoints,Age', (o, now) => [named(o), endpointsText(o), age(o, now)]],
  Secret: [
    'Name,Type,Data#,Age',
    (o, now) => [named(o), textAt(o, 'type'), Object.keys(recordOf(o['data'])).length, age(o, now)],
  ],
  ConfigMap: [
    'Name,Data#,Age',
    (o, now) => [
      named(o),
      Object.keys(recordOf(o['data'])).length + Object.keys(recordOf(o['binaryData'])).length,
      age(o, now),
    ],
  ],
  Event: ['Last Seen,Type,Reason,Object,Subobject*,Source*,Message,First Seen*,Count#*,Name*', eventCells],
  Node: [
    'Name,Status,Roles,Age,Version,Internal-IP*,External-IP*,OS-Image*,Kernel-Version*,Container-Runtime*',
    nodeCells,
  ],
  ServiceAccount: ['Name,Secrets#,Age', (o, now) => [named(o), arrayOf(o['secrets']).length, age(o, now)]],
  Deployment: ['Name,Ready,Up-to-date#,Available#,Age,Containers*,Images*,Selector*', workloadCells],
  ReplicaSet: ['Name,Desired#,Current#,Ready#,Age,Containers*,Images*,Selector*', replicaSetCells],
  StatefulSet: ['Name,Ready,Age,Containers*,Images*', statefulSetCells],
  DaemonSet: [
    'Name,Desired#,Current#,Ready#,Up-to-date#,Available#,Node Selector,Age,Containers*,Images*,Selector*',
    daemonSetCells,
  ],
  Job: ['Name,Status,Completions,Duration,Age,Containers*,Images*,Selector*', jobCells],
  EndpointSlice: ['Name,AddressType,Ports,Endpoints,Age', endpointSliceCells],
  Ingress: ['Name,Class,Hosts,Address,Ports,Age', ingressCells],
  IngressClass: ['Name,Controller,Parameters,Age', ingressClassCells],
  NetworkPolicy: [
    'Name,Pod-Selector,Age',
    (o, now) => [named(o), selectorText(o.spec?.['podSelector']), age(o, now)],
  ],
  Lease: ['Name,Holder,Age', (o, now) => [named(o), textAt(o, 'spec', 'holderIdentity'), age(o, now)]],
  CustomResourceDefinition: ['Name,Created At', (o) => [named(o), o.metadata.creationTimestamp]],
  ClusterRole: ['Name,Created At', (o) => [named(o), o.metadata.creationTimestamp]],
  Role: ['Name,Created At', (o) => [named(o), o.metadata.creationTimestamp]],
};

export const namePrinter: TablePrinter = {
  columns: columns('Name,Age'),
  cells: (object, nowMs) => [named(object), age(object, nowMs)],
};

export function printerFor(group: string, kind: string): TablePrinter {
  const row = group === 'events.k8s.io' ? undefined : byKind[kind];
  return row === undefined ? namePrinter : { columns: columns(row[0]), cells: row[1] };
}
