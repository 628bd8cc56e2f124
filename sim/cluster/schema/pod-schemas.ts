// Schemas of pods and of the workloads that make them.

export const podText = `
Pod
  spec PodSpec
  status PodStatus
PodTemplateSpec
  metadata ObjectMeta
  spec PodSpec
PodSpec
  containers! [Container] key=name
  initContainers [Container] key=name
  ephemeralContainers [Container] key=name
  volumes [Volume] key=name
  restartPolicy string =Always
  terminationGracePeriodSeconds long =30
  activeDeadlineSeconds long
  dnsPolicy string =ClusterFirst
  dnsConfig object
  nodeSelector {string} atomic
  serviceAccountName string
  serviceAccount string
  automountServiceAccountToken bool
  nodeName string
  hostNetwork bool
  hostPID bool
  hostIPC bool
  shareProcessNamespace bool
  securityContext object ={}
  imagePullSecrets [LocalObjectReference] key=name
  hostname string
  subdomain string
  affinity object
  schedulerName string =default-scheduler
  tolerations [Toleration]
  hostAliases [HostAlias] key=ip
  priorityClassName string
  priority int
  preemptionPolicy string
  readinessGates [object]
  runtimeClassName string
  enableServiceLinks bool =true
  overhead {quantity}
  topologySpreadConstraints [TopologySpreadConstraint] key=topologyKey,whenUnsatisfiable
  setHostnameAsFQDN bool
  os object
Toleration
  key string
  operator string
  value string
  effect string
  tolerationSeconds long
HostAlias
  ip! string
  hostnames [string]
TopologySpreadConstraint
  maxSkew! int
  topologyKey! string
  whenUnsatisfiable! string
  labelSelector LabelSelector
  minDomains int
  matchLabelKeys [string]
  nodeAffinityPolicy string
  nodeTaintsPolicy string
Container
  name! string
  image string
  command [string]
  args [string]
  workingDir string
  ports [ContainerPort] key=containerPort,protocol
  env [EnvVar] key=name
  envFrom [EnvFromSource]
  resources ResourceRequirements ={}
  volumeMounts [VolumeMount] key=mountPath
  volumeDevices [object]
  livenessProbe Probe
  readinessProbe Probe
  startupProbe Probe
  lifecycle Lifecycle
  restartPolicy string
  terminationMessagePath string =/dev/termination-log
  terminationMessagePolicy string =File
  imagePullPolicy string
  securityContext object
  stdin bool
  stdinOnce bool
  tty bool
ContainerPort
  name string
  hostPort int
  containerPort! int
  protocol string =TCP
  hostIP string
EnvVar
  name! string
  value string
  valueFrom object
EnvFromSource
  prefix string
  configMapRef object
  secretRef object
ResourceRequirements
  limits {quantity}
  requests {quantity}
  claims [object]
VolumeMount
  name! string
  mountPath! string
  readOnly bool
  subPath string
  subPathExpr string
  mountPropagation string
  recursiveReadOnly string
Volume
  name! string
  configMap object
  secret object
  emptyDir object
  projected object
  hostPath object
  downwardAPI object
  persistentVolumeClaim object
  csi object
  ephemeral object
  nfs object
Probe
  httpGet HTTPGetAction
  tcpSocket TCPSocketAction
  exec ExecAction
  grpc object
  initialDelaySeconds int
  timeoutSeconds int =1
  periodSeconds int =10
  successThreshold int =1
  failureThreshold int =3
  terminationGracePeriodSeconds long
HTTPGetAction
  path string =/
  port! intstr
  host string
  scheme string =HTTP
  httpHeaders [HTTPHeader]
HTTPHeader
  name! string
  value! string
TCPSocketAction
  port! intstr
  host string
ExecAction
  command [string]
Lifecycle
  preStop LifecycleHandler
  postStart LifecycleHandler
  stopSignal string
LifecycleHandler
  httpGet HTTPGetAction
  tcpSocket TCPSocketAction
  exec ExecAction
  sleep SleepAction
SleepAction
  seconds! long
PodStatus
  phase string =Pending
  conditions [PodCondition] key=type
  message string
  reason string
  nominatedNodeName string
  hostIP string
  hostIPs [object]
  podIP string
  podIPs [PodIP] merge=ip
  startTime time
  qosClass string
  observedGeneration long
  containerStatuses [object]
  initContainerStatuses [object]
  ephemeralContainerStatuses [object]
PodIP
  ip string
PodCondition
  type! string
  status! string
  observedGeneration long
  lastProbeTime time
  lastTransitionTime time
  reason string
  message string
`;

export const workloadText = `
Deployment
  spec DeploymentSpec
  status DeploymentStatus
DeploymentSpec
  replicas int =1
  selector! LabelSelector
  template! PodTemplateSpec
  strategy DeploymentStrategy ={}
  minReadySeconds int
  revisionHistoryLimit int =10
  paused bool
  progressDeadlineSeconds int =600
DeploymentStrategy
  type string =RollingUpdate
  rollingUpdate RollingUpdateDeployment
RollingUpdateDeployment
  maxUnavailable intstr =25%
  maxSurge intstr =25%
DeploymentStatus
  observedGeneration long
  replicas int
  updatedReplicas int
  readyReplicas int
  availableReplicas int
  unavailableReplicas int
  terminatingReplicas int
  conditions [WorkloadCondition] key=type
  collisionCount int
WorkloadCondition
  type! string
  status! string
  lastUpdateTime time
  lastTransitionTime time
  reason string
  message string
ReplicaSet
  spec ReplicaSetSpec
  status ReplicaSetStatus
ReplicaSetSpec
  replicas int =1
  minReadySeconds int
  selector! LabelSelector
  template PodTemplateSpec
ReplicaSetStatus
  replicas int =0
  fullyLabeledReplicas int
  readyReplicas int
  availableReplicas int
  terminatingReplicas int
  observedGeneration long
  conditions [WorkloadCondition] key=type
StatefulSet
  spec StatefulSetSpec
  status StatefulSetStatus
StatefulSetSpec
  replicas int =1
  selector! LabelSelector
  template! PodTemplateSpec
  volumeClaimTemplates [object]
  serviceName string
  podManagementPolicy string =OrderedReady
  updateStrategy object ={"type":"RollingUpdate"}
  revisionHistoryLimit int =10
  minReadySeconds int
  persistentVolumeClaimRetentionPolicy object
  ordinals object
StatefulSetStatus
  observedGeneration long
  replicas int =0
  readyReplicas int
  currentReplicas int
  updatedReplicas int
  availableReplicas int
  currentRevision string
  updateRevision string
  collisionCount int
  conditions [WorkloadCondition] key=type
DaemonSet
  spec DaemonSetSpec
  status DaemonSetStatus
DaemonSetSpec
  selector! LabelSelector
  template! PodTemplateSpec
  updateStrategy object ={"type":"RollingUpdate"}
  minReadySeconds int
  revisionHistoryLimit int =10
DaemonSetStatus
  currentNumberScheduled int =0
  numberMisscheduled int =0
  desiredNumberScheduled int =0
  numberReady int =0
  observedGeneration long
  updatedNumberScheduled int
  numberAvailable int
  numberUnavailable int
  collisionCount int
  conditions [WorkloadCondition] key=type
ControllerRevision
  data object
  revision long
Job
  spec JobSpec
  status JobStatus
JobSpec
  parallelism int =1
  completions int
  activeDeadlineSeconds long
  backoffLimit int =6
  selector LabelSelector
  manualSelector bool
  template! PodTemplateSpec
  ttlSecondsAfterFinished int
  completionMode string =NonIndexed
  suspend bool =false
  podFailurePolicy object
  podReplacementPolicy string
JobStatus
  conditions [WorkloadCondition] key=type
  startTime time
  completionTime time
  active int
  ready int
  terminating int
  succeeded int
  failed int
  completedIndexes string
  uncountedTerminatedPods object
CronJob
  spec CronJobSpec
  status CronJobStatus
CronJobSpec
  schedule! string
  timeZone string
  startingDeadlineSeconds long
  concurrencyPolicy string =Allow
  suspend bool =false
  jobTemplate! JobTemplateSpec
  successfulJobsHistoryLimit int =3
  failedJobsHistoryLimit int =1
JobTemplateSpec
  metadata ObjectMeta
  spec JobSpec
CronJobStatus
  active [ObjectReference]
  lastScheduleTime time
  lastSuccessfulTime time
Scale
  spec ScaleSpec
  status ScaleStatus
ScaleSpec
  replicas int
ScaleStatus
  replicas int =0
  selector string
`;
