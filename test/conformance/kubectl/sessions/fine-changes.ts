// Changing what is there: edit, set, replace, labels, subresources, dry runs, and what is refused.
import type { KubectlCase } from '../kubectl-case.ts';

const settings = `
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { color: red }
`;

const stale = `
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, resourceVersion: '1' }
data: { color: blue }
`;

const service = `
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`;

const wrongIngress = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: wrong }
spec:
  rules:
    - host: 'Bad_Host'
      http: { paths: [{ path: x, pathType: Prefix, backend: { service: { name: web, port: { number: 0 } } } }] }
`;

export const fineChanges: readonly KubectlCase[] = [
  {
    args: 'create deployment web --image=web:1 --replicas=2 --port=8080',
    shows: ['deployment.apps/web created'],
  },
  {
    args: 'create deployment web --image=web:1',
    exit: 1,
    shows: ['error: failed to create deployment: deployments.apps "web" already exists'],
  },
  {
    args: 'edit deployment web',
    editor: 'sed -i /replicas/s/2/3/',
    shows: ['deployment.apps/web edited'],
  },
  { args: 'get deployment web -o jsonpath={.spec.replicas}', shows: [/^3$/] },
  { args: 'edit deployment web', editor: 'true', shows: ['Edit cancelled, no changes made.'] },
  {
    args: 'edit deployment web --subresource=status',
    editor: 'true',
    shows: ['Edit cancelled, no changes made.'],
  },
  { args: 'set env deployment/web COLOR=red', shows: ['deployment.apps/web env updated'] },
  { args: 'set env deployment/web --list', shows: ['COLOR=red'] },
  { args: 'set env deployment/web COLOR-', shows: ['deployment.apps/web env updated'] },
  {
    args: 'set resources deployment/web --limits=cpu=100m --requests=cpu=50m',
    shows: ['deployment.apps/web resource requirements updated'],
  },
  { args: 'get deployment web -o jsonpath={..resources.limits.cpu}', shows: [/^100m$/] },
  {
    args: 'set serviceaccount deployment/web default',
    shows: ['deployment.apps/web serviceaccount updated'],
  },
  { args: 'set image deployment/web *=web:2', shows: ['deployment.apps/web image updated'] },
  {
    args: 'set image deployment/web nothing=web:2',
    exit: 1,
    shows: ['error: unable to find container named "nothing"'],
  },
  { args: 'create -f -', input: service, shows: ['service/web created'] },
  { args: 'set selector service web app=shop', shows: ['service/web selector updated'] },
  { args: 'create -f -', input: settings, shows: ['configmap/settings created'] },
  {
    args: 'create -f -',
    input: settings,
    exit: 1,
    shows: [
      'Error from server (AlreadyExists): error when creating "STDIN": configmaps "settings" already exists',
    ],
  },
  { args: 'replace -f -', input: settings.replace('red', 'blue'), shows: ['configmap/settings replaced'] },
  {
    args: 'replace -f -',
    input: stale,
    exit: 1,
    shows: ['Error from server (Conflict)', 'the object has been modified'],
  },
  {
    args: 'replace --force -f -',
    input: settings,
    shows: ['configmap "settings" deleted', 'configmap/settings replaced'],
  },
  {
    args: 'replace -f -',
    input: settings.replace('settings', 'absent'),
    exit: 1,
    shows: ['configmaps "absent" not found'],
  },
  {
    args: 'apply -f -',
    input: settings,
    shows: [
      'missing the kubectl.kubernetes.io/last-applied-configuration annotation',
      'configmap/settings configured',
    ],
  },
  { args: 'apply view-last-applied configmap settings', shows: ['color: red'] },
  {
    args: 'apply set-last-applied -f -',
    input: settings.replace('red', 'green'),
    shows: ['configmap/settings configured'],
  },
  {
    args: 'apply edit-last-applied configmap settings',
    editor: 'sed -i s/green/gold/',
    shows: ['configmap/settings edited'],
  },
  {
    args: 'apply --prune -l app=none --prune-allowlist=core/v1/ConfigMap -f -',
    input: settings.replace('name: settings', 'name: settings, labels: { app: none }'),
    shows: ['configmap/settings configured'],
  },
  {
    args: 'apply --prune -l app=none --prune-allowlist=core/v1/ConfigMap -f -',
    input: settings.replace('name: settings', 'name: fresh, labels: { app: none }'),
    shows: ['configmap/fresh created', 'configmap/settings pruned'],
  },
  { args: 'create configmap dry --from-literal=a=b --dry-run=client -o yaml', shows: [/^ {2}a: b$/m] },
  { args: 'create configmap dry --from-literal=a=b --dry-run=server -o name', shows: ['configmap/dry'] },
  { args: 'get configmap dry', exit: 1, shows: ['configmaps "dry" not found'] },
  {
    args: 'patch configmap fresh --dry-run=server --type=merge -p {"data":{"color":"none"}} -o jsonpath={.data.color}',
    shows: [/^none$/],
  },
  { args: 'get configmap fresh -o jsonpath={.data.color}', shows: [/^red$/] },
  { args: 'label configmap fresh team=a', shows: ['configmap/fresh labeled'] },
  { args: 'label configmap --all team=b --overwrite', shows: ['configmap/fresh labeled'] },
  { args: 'label configmap fresh --list', shows: ['team=b'] },
  { args: 'label configmap fresh team=a/b --overwrite', exit: 1, shows: ['invalid label value'] },
  { args: ['annotate', 'configmap', 'fresh', 'note=a note'], shows: ['configmap/fresh annotate'] },
  { args: 'annotate configmap fresh note-', shows: ['configmap/fresh annotate'] },
  {
    args: 'patch deployment web --subresource=scale --type=merge -p {"spec":{"replicas":1}}',
    shows: ['scale.autoscaling/web patched'],
  },
  {
    args: 'patch deployment web --subresource=status --type=merge -p {"status":{"observedGeneration":1}}',
    shows: ['patched'],
  },
  {
    args: 'patch deployment web --type=json -p [{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"web:3"}]',
    shows: ['deployment.apps/web patched'],
  },
  {
    args: 'patch deployment web --type=json -p [{"op":"remove","path":"/spec/nothing"}]',
    exit: 1,
    shows: ['The request is invalid'],
  },
  {
    args: 'patch deployment web -p {"spec":{"replicas":-1}}',
    exit: 1,
    shows: [
      'The Deployment "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
  },
  {
    args: 'patch deployment web -p {"spec":{"template":{"spec":{"containers":[{"name":"web","$patch":"delete"}]}}}}',
    exit: 1,
    shows: ['spec.template.spec.containers: Required value'],
  },
  { args: 'patch deployment web -p {"spec":{"replcas":2}}', shows: ['patched'] },
  {
    args: 'patch service web -p {"spec":{"clusterIP":"10.96.1.1"}}',
    exit: 1,
    shows: ['spec.clusterIPs[0]: Invalid value', 'may not change once set'],
  },
  {
    args: 'create -f -',
    input: wrongIngress,
    exit: 1,
    shows: [
      'The Ingress "wrong" is invalid',
      'spec.rules[0].host: Invalid value: "Bad_Host"',
      'must be an absolute path',
      'spec.rules[0].http.paths[0].backend.service.port.number',
    ],
  },
  {
    args: 'apply -f -',
    input: 'kind: Nothing\napiVersion: example.com/v1\nmetadata: { name: x }',
    exit: 1,
    shows: ['no matches for kind "Nothing" in version "example.com/v1"'],
  },
  {
    args: 'apply -f -',
    input: 'kind: ConfigMap\nmetadata: { name: x }',
    exit: 1,
    shows: ['apiVersion not set'],
  },
  {
    args: 'delete deployment,service,configmap --all',
    shows: ['deployment.apps "web" deleted', 'service "web" deleted'],
  },
];
