// Workloads over their life: rollouts, autoscalers, jobs, budgets, nodes that are drained.
import type { KubectlCase } from '../kubectl-case.ts';

const daemons = `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec: { containers: [{ name: agent, image: 'agent:1' }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: base }
spec:
  serviceName: base
  replicas: 2
  selector: { matchLabels: { app: base } }
  template:
    metadata: { labels: { app: base } }
    spec: { containers: [{ name: base, image: 'base:1' }] }
`;

const gated = `
apiVersion: v1
kind: ConfigMap
metadata: { name: late }
`;

export const workloads: readonly KubectlCase[] = [
  { args: 'create deployment site --image=site:1 --replicas=2', shows: ['created'] },
  {
    args: 'rollout status deployment/site --timeout=30s',
    shows: ['deployment "site" successfully rolled out'],
  },
  {
    args: ['annotate', 'deployment', 'site', 'kubernetes.io/change-cause=first release'],
    shows: ['annotate'],
  },
  { args: 'set image deployment/site site=site:2', shows: ['image updated'] },
  {
    args: ['annotate', 'deployment', 'site', 'kubernetes.io/change-cause=second release', '--overwrite'],
    shows: ['annotate'],
  },
  { args: 'rollout status deployment/site --timeout=30s', shows: ['successfully rolled out'] },
  { args: 'rollout history deployment/site', shows: [/1\s+first release/, /2\s+second release/] },
  { args: 'rollout history deployment/site --revision=2', shows: ['Pod Template:', 'site:2'] },
  {
    args: 'rollout history deployment/site --revision=9',
    exit: 1,
    shows: ['error: unable to find the specified revision'],
  },
  { args: 'rollout pause deployment/site', shows: ['deployment.apps/site paused'] },
  {
    args: 'rollout pause deployment/site',
    exit: 1,
    shows: ['error: deployments.apps "site" is already paused'],
  },
  { args: 'set image deployment/site site=site:3', shows: ['image updated'] },
  { args: 'rollout undo deployment/site', exit: 1, shows: ['you cannot rollback a paused deployment'] },
  { args: 'rollout restart deployment/site', exit: 1, shows: ["can't restart paused deployment"] },
  { args: 'rollout resume deployment/site', shows: ['deployment.apps/site resumed'] },
  { args: 'rollout status deployment/site --timeout=30s', shows: ['successfully rolled out'] },
  { args: 'rollout undo deployment/site --to-revision=1', shows: ['deployment.apps/site rolled back'] },
  { args: 'rollout status deployment/site --timeout=30s', shows: ['successfully rolled out'] },
  { args: 'get deployment site -o jsonpath={..image}', shows: [/^site:1$/] },
  {
    args: 'rollout undo deployment/site --to-revision=1',
    exit: 1,
    shows: ['unable to find specified revision 1 in history'],
  },
  { args: 'rollout undo deployment/site --dry-run=server', shows: ['rolled back (server dry run)'] },
  {
    args: 'apply -f -',
    input: daemons,
    shows: ['daemonset.apps/agent created', 'statefulset.apps/base created'],
  },
  {
    args: 'rollout status daemonset/agent --timeout=30s',
    shows: ['daemon set "agent" successfully rolled out'],
  },
  { args: 'rollout status statefulset/base --timeout=60s', shows: ['rolling update complete'] },
  {
    args: 'get daemonset agent',
    shows: [
      /DESIRED\s+CURRENT\s+READY\s+UP-TO-DATE\s+AVAILABLE\s+NODE SELECTOR\s+AGE\nagent\s+3\s+3\s+3\s+3\s+3\s+<none>/,
    ],
  },
  { args: 'get pods -l app=base -o name', shows: ['pod/base-0\npod/base-1\n'] },
  { args: 'rollout restart daemonset/agent', shows: ['daemonset.apps/agent restarted'] },
  { args: 'rollout history statefulset/base', shows: [/REVISION/] },
  {
    args: 'get controllerrevisions',
    shows: [/CONTROLLER\s+REVISION\s+AGE/, 'statefulset.apps/base', 'daemonset.apps/agent'],
  },
  { args: 'scale statefulset base --replicas=1', shows: ['statefulset.apps/base scaled'] },
  { args: 'wait --for=delete pod/base-1 --timeout=60s', shows: [/condition met|^$/] },
  {
    args: 'autoscale deployment site --min=2 --max=5 --cpu-percent=80',
    shows: ['horizontalpodautoscaler.autoscaling/site autoscaled'],
  },
  {
    args: 'get hpa',
    shows: [
      /REFERENCE\s+TARGETS\s+MINPODS\s+MAXPODS\s+REPLICAS\s+AGE\nsite\s+Deployment\/site\s+cpu: <unknown>\/80%\s+2\s+5/,
    ],
  },
  {
    args: 'get --raw /apis/autoscaling/v1/namespaces/workloads/horizontalpodautoscalers/site',
    shows: ['"targetCPUUtilizationPercentage":80'],
  },
  { args: 'describe hpa site', shows: [/Min replicas:\s+2/, '/ 80%'] },
  { args: 'create job once --image=job:1', shows: ['job.batch/once created'] },
  { args: 'get jobs', shows: [/NAME\s+STATUS\s+COMPLETIONS\s+DURATION\s+AGE\nonce\s+\w+\s+0\/1/] },
  {
    args: ['create', 'cronjob', 'nightly', '--image=job:1', '--schedule=0 2 * * *'],
    shows: ['cronjob.batch/nightly created'],
  },
  {
    args: 'get cronjobs',
    shows: [
      /SCHEDULE\s+TIMEZONE\s+SUSPEND\s+ACTIVE\s+LAST SCHEDULE\s+AGE\nnightly\s+0 2 \* \* \*\s+<none>\s+False\s+0\s+<none>/,
    ],
  },
  { args: 'create job by-hand --from=cronjob/nightly', shows: ['job.batch/by-hand created'] },
  { args: 'get job by-hand -o jsonpath={.metadata.ownerReferences[0].kind}', shows: [/^CronJob$/] },
  {
    args: 'create poddisruptionbudget site --selector=app=site --min-available=2',
    shows: ['poddisruptionbudget.policy/site created'],
  },
  { args: 'wait --for=jsonpath={.status.currentHealthy}=2 pdb/site --timeout=20s', shows: ['condition met'] },
  {
    args: 'get pdb',
    shows: [/MIN AVAILABLE\s+MAX UNAVAILABLE\s+ALLOWED DISRUPTIONS\s+AGE\nsite\s+2\s+N\/A\s+0/],
  },
  {
    args: ['drain', 'node-1', 'node-2', 'node-3', '--pod-selector=app=site', '--timeout=3s'],
    exit: 1,
    shows: ["Cannot evict pod as it would violate the pod's disruption budget."],
  },
  { args: 'patch pdb site --type=merge -p {"spec":{"minAvailable":1}}', shows: ['patched'] },
  {
    args: 'wait --for=jsonpath={.status.disruptionsAllowed}=1 pdb/site --timeout=20s',
    shows: ['condition met'],
  },
  { args: 'uncordon node-1 node-2 node-3', shows: ['node/node-1 uncordoned'] },
  { args: 'cordon node-1', shows: ['node/node-1 cordoned'] },
  { args: 'get node node-1', shows: ['Ready,SchedulingDisabled'] },
  { args: 'drain node-1 --pod-selector=app=site --timeout=60s', shows: ['node/node-1 drained'] },
  { args: 'uncordon node-1', shows: ['node/node-1 uncordoned'] },
  { args: 'taint node node-1 special=yes:NoSchedule', shows: ['node/node-1 tainted'] },
  { args: 'describe node node-1', shows: [/Taints:\s+special=yes:NoSchedule/] },
  { args: 'taint node node-1 special-', shows: ['node/node-1 untainted'] },
  { args: 'create priorityclass high --value=1000', shows: ['priorityclass.scheduling.k8s.io/high created'] },
  {
    args: 'get priorityclasses',
    shows: [/VALUE\s+GLOBAL-DEFAULT\s+AGE\s+PREEMPTIONPOLICY\nhigh\s+1000\s+false/],
  },
  { args: 'create quota small --hard=pods=9', shows: ['resourcequota/small created'] },
  { args: 'get quota', shows: [/REQUEST\s+LIMIT\s+AGE\nsmall\s+pods: /] },
  { args: 'create serviceaccount robot', shows: ['serviceaccount/robot created'] },
  {
    args: 'create role reader --verb=get,list --resource=pods',
    shows: ['role.rbac.authorization.k8s.io/reader created'],
  },
  { args: 'create rolebinding robot --role=reader --serviceaccount=workloads:robot', shows: ['created'] },
  {
    args: 'get rolebinding robot -o wide',
    shows: [/ROLE\s+AGE\s+USERS\s+GROUPS\s+SERVICEACCOUNTS\nrobot\s+Role\/reader\s+\S+\s+workloads\/robot/],
  },
  {
    args: ['create', 'clusterrole', 'workload-sum', '--aggregation-rule=rbac=sum'],
    shows: ['clusterrole.rbac.authorization.k8s.io/workload-sum created'],
  },
  { args: 'delete clusterrole workload-sum', shows: ['deleted'] },
  { args: 'top pods', exit: 1, shows: ['error: Metrics API not available'] },
  { args: 'exec deployment/site -- ls', exit: 1, shows: ['pods/exec is not supported by this cluster'] },
  { args: 'create token robot', exit: 1, shows: ['serviceaccounts/token is not supported by this cluster'] },
  { args: 'apply -f -', input: gated, shows: ['created'] },
  { args: 'wait --for=create configmap/late --timeout=10s', since: 31, shows: ['condition met'] },
  {
    args: 'wait --for=condition=Ready pods -l app=site --timeout=30s',
    shows: [/pod\/site-\S+ condition met/],
  },
  { args: 'delete priorityclass high', shows: ['deleted'] },
];
