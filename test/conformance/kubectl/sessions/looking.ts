// Looking at what is there: discovery, documentation, and every form of output.
import type { KubectlCase } from '../kubectl-case.ts';

const web = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web, tier: front } }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'web:1' }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: beta, labels: { app: web } }
data: { order: '2' }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: alpha }
data: { order: '1' }
`;

export const looking: readonly KubectlCase[] = [
  { args: 'version -o json', shows: ['"serverVersion"', '"gitVersion": "v1.32.4"'] },
  { args: 'cluster-info', shows: ['Kubernetes control plane'] },
  {
    args: 'api-resources --categories=all -o name',
    shows: ['deployments.apps', 'jobs.batch', /^services$/m],
    hides: [/secrets/],
  },
  {
    args: 'api-resources --verbs=list,watch --namespaced=false -o name',
    shows: [/^nodes$/m, 'webhookconfigurations'],
  },
  {
    args: 'api-resources --api-group=autoscaling -o wide',
    shows: [
      /horizontalpodautoscalers\s+hpa\s+autoscaling\/v2\s+true\s+HorizontalPodAutoscaler\s+create,delete/,
    ],
  },
  { args: 'get --raw /apis/autoscaling', shows: ['"preferredVersion":{"groupVersion":"autoscaling/v2"'] },
  { args: 'get --raw /openapi/v3', shows: ['apis/apps/v1'] },
  { args: 'get --raw /openapi/v2', shows: ['"swagger":"2.0"', 'io.k8s.api.apps.v1.Deployment'] },
  {
    args: 'get --raw /api/v1/nothing',
    exit: 1,
    shows: ['Error from server (NotFound): the server could not find the requested resource'],
  },
  { args: 'explain pod.spec.containers.ports', shows: ['FIELD: ports <[]ContainerPort>', 'containerPort'] },
  { args: 'explain ingress.spec --recursive', shows: ['ingressClassName\t<string>', 'pathType'] },
  { args: 'explain hpa.spec --api-version=autoscaling/v1', shows: ['targetCPUUtilizationPercentage'] },
  { args: 'explain hpa.spec', shows: ['metrics\t<[]MetricSpec>'], hides: [/targetCPUUtilizationPercentage/] },
  { args: 'explain deployment.spec.nothing', exit: 1, shows: ['error: field "nothing" does not exist'] },
  { args: 'explain kongingress.proxy', shows: ['FIELD: proxy'] },
  { args: 'apply -f -', input: web, shows: ['deployment.apps/web created', 'configmap/alpha created'] },
  { args: 'rollout status deployment/web --timeout=30s', shows: ['successfully rolled out'] },
  { args: 'get -f -', input: web, shows: ['deployment.apps/web', 'configmap/alpha'] },
  { args: 'get configmaps --sort-by=.data.order -o name', shows: [/alpha\n.*beta/] },
  { args: 'get configmap alpha beta -o name', shows: ['configmap/alpha\nconfigmap/beta\n'] },
  { args: 'get configmap/alpha deployment/web -o name', shows: ['configmap/alpha\ndeployment.apps/web\n'] },
  {
    args: 'get configmap,deployment -l app=web --show-kind',
    shows: ['configmap/beta', 'deployment.apps/web'],
    hides: [/alpha/],
  },
  { args: 'get configmap gamma --ignore-not-found', shows: [/^$/] },
  { args: 'get configmap alpha gamma', exit: 1, shows: ['alpha', 'configmaps "gamma" not found'] },
  { args: 'get deployment web --show-labels', shows: [/LABELS\n.*app=web,tier=front/] },
  { args: 'get deployment web -L tier', shows: [/TIER\n.*front/] },
  { args: 'get deployments.v1.apps web -o name', shows: ['deployment.apps/web'] },
  {
    args: ['get', 'pods', '-l', 'app in (web,shop),!canary', '-o', 'name'],
    shows: [/^pod\/web-\S+\npod\/web-\S+\n$/],
  },
  { args: 'get pods --field-selector=status.phase=Running -o name', shows: [/pod\/web-/] },
  { args: 'get pods --field-selector=status.phase!=Running -o name', shows: [/^$/] },
  {
    args: 'get pods -o wide',
    shows: [
      /NAME\s+READY\s+STATUS\s+RESTARTS\s+AGE\s+IP\s+NODE\s+NOMINATED NODE\s+READINESS GATES/,
      /127\.\d/,
    ],
  },
  { args: 'get deployment web -o go-template={{.spec.replicas}}', shows: [/^2$/] },
  { args: 'get configmaps -o jsonpath={.items[*].metadata.name}', shows: [/alpha beta/] },
  { args: 'get configmaps -o jsonpath-as-json={.items[?(@.data.order=="1")].data}', shows: ['"order": "1"'] },
  {
    args: 'get deployment web -o json',
    shows: ['"apiVersion": "apps/v1"', '"readyReplicas": 2'],
    hides: [/managedFields/],
  },
  { args: 'get configmap -o yaml', shows: [/^kind: List$/m] },
  {
    args: 'get deployment web --subresource=scale -o jsonpath={.kind}/{.status.selector}',
    shows: ['Scale/app=web'],
  },
  { args: 'get deployment web --subresource=status -o jsonpath={.status.availableReplicas}', shows: [/^2$/] },
  {
    args: 'get replicasets -o wide',
    shows: [
      /DESIRED\s+CURRENT\s+READY\s+AGE\s+CONTAINERS\s+IMAGES\s+SELECTOR/,
      /web\s+web:1\s+app=web,pod-template-hash=/,
    ],
  },
  { args: 'get nodes -o wide', shows: ['INTERNAL-IP', 'CONTAINER-RUNTIME'] },
  { args: 'get namespace default', shows: [/NAME\s+STATUS\s+AGE\ndefault\s+Active/] },
  { args: 'get sa default', shows: [/NAME\s+SECRETS\s+AGE\ndefault\s+0/] },
  { args: 'get crd kongplugins.configuration.konghq.com', shows: [/CREATED AT\n\S+\s+20\d\d-/] },
  { args: 'get kong-ingress-controller', shows: ['No resources found'] },
  {
    args: 'get endpointslices,leases -A',
    shows: ['endpointslice.discovery.k8s.io/kubernetes', 'lease.coordination.k8s.io/node-1'],
  },
  { args: 'describe configmap alpha', shows: [/^Data\n====\norder:\n----\n1/m] },
  { args: 'describe replicaset', shows: [/Controlled By:\s+Deployment\/web/, 'SuccessfulCreate'] },
  { args: 'describe namespace looking', shows: [/Status:\s+Active/, 'No resource quota.'] },
  {
    args: 'describe pods -l app=web',
    shows: [/Controlled By:\s+ReplicaSet\/web-/, /Conditions:[\s\S]*Ready\s+True/],
  },
  { args: 'describe nothing', exit: 1, shows: ['the server doesn\'t have a resource type "nothing"'] },
  { args: 'logs deployment/web', shows: ['listening on'] },
  { args: 'logs -l app=web --prefix --tail=1', shows: [/\[pod\/web-\S+\/web\] /] },
  { args: 'logs deployment/web --tail=0', shows: [/^(Found 2 pods.*\n)?$/] },
  {
    args: 'get events --sort-by=.metadata.creationTimestamp',
    shows: [/LAST SEEN\s+TYPE\s+REASON\s+OBJECT\s+MESSAGE/, 'Scaled up replica set'],
  },
  { args: 'events --types=Warning', shows: ['No events found'] },
  { args: 'auth can-i --list', shows: [/\*\.\*\s+\[\]\s+\[\]\s+\[\*\]/] },
  { args: 'auth can-i update deployments.apps --subresource=scale', shows: [/^yes/] },
  { args: 'auth can-i get /healthz', shows: [/^yes/] },
  { args: 'auth whoami -o json', since: 28, shows: ['"username": "tidegate"'] },
];
