// Server-side apply: who owns which field, and what happens where two want the same one.
import type { KubectlCase } from '../kubectl-case.ts';

const service = `
apiVersion: v1
kind: Service
metadata: { name: web, labels: { team: a } }
spec:
  selector: { app: web }
  ports: [{ name: http, port: 80 }, { name: admin, port: 81 }]
`;

const oneport = `
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports: [{ name: http, port: 80 }]
`;

const otherPort = `
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { ports: [{ name: extra, port: 82 }] }
`;

const renamed = `
apiVersion: v1
kind: Service
metadata: { name: web, labels: { team: b } }
spec: { ports: [{ name: web, port: 80 }] }
`;

const managers = '-o=jsonpath={range .metadata.managedFields[*]}{.manager}/{.operation} {end}';

export const ownership: readonly KubectlCase[] = [
  {
    args: 'apply --server-side --dry-run=server -f -',
    input: service,
    shows: ['service/web serverside-applied (server dry run)'],
  },
  { args: 'get service web', exit: 1, shows: ['not found'] },
  { args: 'apply --server-side -f -', input: service, shows: ['service/web serverside-applied'] },
  { args: ['get', 'service', 'web', '--show-managed-fields', managers], shows: [/^kubectl\/Apply $/] },
  { args: 'apply --server-side --field-manager=other -f -', input: otherPort, shows: ['serverside-applied'] },
  { args: 'get service web -o jsonpath={.spec.ports[*].name}', shows: [/^http admin extra$/] },
  {
    args: 'apply --server-side --field-manager=third -f -',
    input: renamed,
    exit: 1,
    shows: [
      'error: Apply failed with 2 conflicts: conflicts with "kubectl":',
      '- .metadata.labels.team',
      '- .spec.ports[port=80,protocol="TCP"].name',
      '--force-conflicts',
    ],
  },
  {
    args: 'apply --server-side --field-manager=third --force-conflicts -f -',
    input: renamed,
    shows: ['serverside-applied'],
  },
  { args: 'get service web -o jsonpath={.metadata.labels.team}/{.spec.ports[0].name}', shows: [/^b\/web$/] },
  {
    args: 'apply --server-side -f -',
    input: oneport,
    exit: 1,
    shows: ['Apply failed with 1 conflict: conflict with "third": .spec.ports[port=80,protocol="TCP"].name'],
  },
  { args: 'apply --server-side --force-conflicts -f -', input: oneport, shows: ['serverside-applied'] },
  { args: 'get service web -o jsonpath={.spec.ports[*].port}', shows: [/^80 82$/] },
  {
    args: 'patch service web --type=merge --field-manager=hand -p {"spec":{"sessionAffinity":"ClientIP"}}',
    shows: ['patched'],
  },
  {
    args: ['get', 'service', 'web', '--show-managed-fields', managers],
    shows: ['hand/Update', 'other/Apply', 'third/Apply'],
  },
  {
    args: 'apply --server-side --field-manager=affine -f -',
    input: 'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { sessionAffinity: None }',
    exit: 1,
    shows: ['conflict with "hand" using v1: .spec.sessionAffinity'],
  },
  {
    args: 'diff --server-side -f -',
    input: oneport.replace('app: web', 'app: shop'),
    exit: 1,
    shows: ['-    app: web', '+    app: shop'],
  },
  {
    args: 'apply -f -',
    input: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: moved }\ndata: { a: "1", b: "2" }',
    shows: ['configmap/moved created'],
  },
  {
    args: 'apply --server-side -f -',
    input: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: moved }\ndata: { a: "1" }',
    shows: ['configmap/moved serverside-applied'],
  },
  { args: 'get configmap moved -o jsonpath={.data}', shows: [/^\{"a":"1"\}$/] },
  {
    args: 'apply --server-side -f -',
    input: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: moved }\ndata: { a: 1 }',
    exit: 1,
    shows: [/expected string|unable to decode|must be of type string|cannot unmarshal/],
  },
  {
    args: 'apply --server-side -f -',
    input: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: moved, managedFields: [{ manager: x }] }',
    exit: 1,
    shows: ['metadata.managedFields must be nil'],
  },
  {
    args: 'apply --server-side -f -',
    input: 'apiVersion: v1\nkind: Service\nmetadata: { name: typo }\nspec: { prots: [] }',
    exit: 1,
    shows: [/unknown field "?\.?spec\.prots|\.spec\.prots: field not declared in schema/],
  },
  { args: 'delete service,configmap --all', shows: ['service "web" deleted'] },
];
