// Deleting: propagation, finalizers, namespaces with things in them, many at once.
import type { KubectlCase } from '../kubectl-case.ts';

const held = (namespace: string): string => `
apiVersion: v1
kind: ConfigMap
metadata: { name: held, namespace: ${namespace}, finalizers: [example.com/hold] }
`;

const release = '{"metadata":{"finalizers":null}}';

export const deletion: readonly KubectlCase[] = [
  // Finalizers
  { args: 'create -f -', input: held('deletion'), shows: ['configmap/held created'] },
  { args: 'delete configmap held --wait=false', shows: ['configmap "held" deleted'] },
  {
    args: 'get configmap held -o jsonpath={.metadata.deletionTimestamp}/{.metadata.finalizers}',
    shows: [/^20\d\d-\S+Z\/\["example.com\/hold"\]$/],
  },
  {
    args: 'delete configmap held --timeout=1s',
    exit: 1,
    shows: ['timed out waiting for the condition on configmaps/held'],
  },
  {
    args: 'patch configmap held --type=json -p [{"op":"add","path":"/metadata/finalizers/-","value":"example.com/more"}]',
    exit: 1,
    shows: ['metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted'],
  },
  { args: 'create -f -', input: held('deletion'), exit: 1, shows: [/AlreadyExists/] },
  {
    args: 'patch configmap held --type=merge -p {"metadata":{"finalizers":null}}',
    shows: ['configmap/held patched'],
  },
  {
    args: 'get configmap held',
    exit: 1,
    shows: ['Error from server (NotFound): configmaps "held" not found'],
  },

  // Propagation
  { args: 'create deployment web --image=web:1', shows: ['created'] },
  { args: 'rollout status deployment/web --timeout=30s', shows: ['successfully rolled out'] },
  { args: 'delete deployment web --cascade=orphan', shows: ['deployment.apps "web" deleted'] },
  { args: 'get replicasets -o jsonpath={.items[0].metadata.ownerReferences}', shows: [/^$/] },
  { args: 'delete replicaset --all --cascade=orphan', shows: [/replicaset\.apps "web-\S+" deleted/] },
  { args: 'get pods', shows: [/web-\S+\s+1\/1\s+Running/] },
  {
    args: 'delete pods --all --force --grace-period=0',
    shows: ['Immediate deletion does not wait', 'force deleted'],
  },
  { args: 'create deployment web --image=web:1', shows: ['created'] },
  { args: 'rollout status deployment/web --timeout=30s', shows: ['successfully rolled out'] },
  {
    args: 'delete deployment web --cascade=foreground --timeout=60s',
    shows: ['deployment.apps "web" deleted'],
  },
  { args: 'get replicasets,pods', shows: ['No resources found in deletion namespace.'] },
  { args: 'create deployment web --image=web:1', shows: ['created'] },
  { args: 'delete deployment web --cascade=background', shows: ['deployment.apps "web" deleted'] },
  { args: 'wait --for=delete pods --all --timeout=60s' },
  { args: 'delete deployment web --cascade=sideways', exit: 1, shows: ['invalid cascade value (sideways)'] },

  // Many at once
  { args: 'create configmap one --from-literal=a=b', shows: ['created'] },
  { args: 'create configmap two --from-literal=a=b', shows: ['created'] },
  { args: 'label configmap one pick=me', shows: ['labeled'] },
  { args: 'delete configmap -l pick=me', shows: ['configmap "one" deleted'], hides: [/two/] },
  { args: 'delete configmap --field-selector=metadata.name=two', shows: ['configmap "two" deleted'] },
  { args: 'delete configmap --all', shows: ['configmap "kube-root-ca.crt" deleted'] },
  { args: 'delete configmap -l pick=me', shows: ['No resources found'] },
  {
    args: 'delete configmap absent',
    exit: 1,
    shows: ['Error from server (NotFound): configmaps "absent" not found'],
  },
  { args: 'delete configmap absent --ignore-not-found', shows: [/^$/] },
  {
    args: 'delete configmap',
    exit: 1,
    shows: ['error: resource(s) were provided, but no name was specified'],
  },

  // Namespaces
  { args: 'create namespace doomed', shows: ['namespace/doomed created'] },
  { args: 'create deployment web --image=web:1 -n doomed', shows: ['created'] },
  { args: 'create -f - -n doomed', input: held('doomed'), shows: ['configmap/held created'] },
  { args: 'delete namespace doomed --wait=false', shows: ['namespace "doomed" deleted'] },
  { args: 'get namespace doomed', shows: [/doomed\s+Terminating/] },
  {
    args: 'create configmap late -n doomed',
    exit: 1,
    shows: ['forbidden: unable to create new content in namespace doomed because it is being terminated'],
  },
  {
    args: 'wait --for=jsonpath={.status.conditions[?(@.type=="NamespaceFinalizersRemaining")].status}=True namespace/doomed --timeout=60s',
    since: 29,
    shows: ['condition met'],
  },
  {
    args: 'get namespace doomed -o jsonpath={.status.conditions[?(@.status=="True")].message}',
    shows: [
      'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    ],
  },
  { args: ['patch', 'configmap', 'held', '-n', 'doomed', '--type=merge', '-p', release], shows: ['patched'] },
  { args: 'wait --for=delete namespace/doomed --timeout=60s' },
  { args: 'get all -n doomed', shows: ['No resources found in doomed namespace.'] },
  { args: 'create namespace doomed', shows: ['namespace/doomed created'] },
  { args: 'delete namespace doomed --timeout=30s', shows: ['namespace "doomed" deleted'] },
  {
    args: 'delete namespace default',
    exit: 1,
    shows: ['namespaces "default" is forbidden: this namespace may not be deleted'],
  },
];
