// Field numbers of the messages of apps, batch, autoscaling and policy; see messages.ts for the notation.

export const workloadMessages: Readonly<Record<string, string>> = {
  Deployment: '1 metadata ObjectMeta, 2 spec DeploymentSpec, 3 status DeploymentStatus',
  DeploymentSpec:
    '1 replicas int?, 2 selector LabelSelector?, 3 template PodTemplateSpec, 4 strategy DeploymentStrategy, 5 minReadySeconds int, 6 revisionHistoryLimit int?, 7 paused bool, 9 progressDeadlineSeconds int?',
  DeploymentStrategy: '1 type, 2 rollingUpdate RollingUpdateDeployment?',
  RollingUpdateDeployment: '1 maxUnavailable IntOrString?, 2 maxSurge IntOrString?',
  DeploymentStatus:
    '1 observedGeneration int, 2 replicas int, 3 updatedReplicas int, 7 readyReplicas int, 4 availableReplicas int, 5 unavailableReplicas int, 9 terminatingReplicas int?, 6 conditions [DeploymentCondition], 8 collisionCount int?',
  DeploymentCondition:
    '1 type, 2 status, 6 lastUpdateTime Time, 7 lastTransitionTime Time, 4 reason, 5 message',
  ReplicaSet: '1 metadata ObjectMeta, 2 spec ReplicaSetSpec, 3 status ReplicaSetStatus',
  ReplicaSetSpec:
    '1 replicas int?, 4 minReadySeconds int, 2 selector LabelSelector?, 3 template PodTemplateSpec',
  ReplicaSetStatus:
    '1 replicas int, 2 fullyLabeledReplicas int, 4 readyReplicas int, 5 availableReplicas int, 7 terminatingReplicas int?, 3 observedGeneration int, 6 conditions [ReplicaSetCondition]',
  ReplicaSetCondition: '1 type, 2 status, 3 lastTransitionTime Time, 4 reason, 5 message',
  StatefulSet: '1 metadata ObjectMeta, 2 spec StatefulSetSpec, 3 status StatefulSetStatus',
  StatefulSetSpec:
    '1 replicas int?, 2 selector LabelSelector?, 3 template PodTemplateSpec, 4 volumeClaimTemplates [PersistentVolumeClaim], 5 serviceName, 6 podManagementPolicy, 7 updateStrategy StatefulSetUpdateStrategy, 8 revisionHistoryLimit int?, 9 minReadySeconds int, 10 persistentVolumeClaimRetentionPolicy StatefulSetPersistentVolumeClaimRetentionPolicy?, 11 ordinals StatefulSetOrdinals?',
  StatefulSetUpdateStrategy: '1 type, 2 rollingUpdate RollingUpdateStatefulSetStrategy?',
  RollingUpdateStatefulSetStrategy: '1 partition int?, 2 maxUnavailable IntOrString?',
  StatefulSetPersistentVolumeClaimRetentionPolicy: '1 whenDeleted, 2 whenScaled',
  StatefulSetOrdinals: '1 start int',
  StatefulSetStatus:
    '1 observedGeneration int, 2 replicas int, 3 readyReplicas int, 4 currentReplicas int, 5 updatedReplicas int, 6 currentRevision, 7 updateRevision, 9 collisionCount int?, 10 conditions [StatefulSetCondition], 11 availableReplicas int',
  StatefulSetCondition: '1 type, 2 status, 3 lastTransitionTime Time, 4 reason, 5 message',
  DaemonSet: '1 metadata ObjectMeta, 2 spec DaemonSetSpec, 3 status DaemonSetStatus',
  DaemonSetSpec:
    '1 selector LabelSelector?, 2 template PodTemplateSpec, 3 updateStrategy DaemonSetUpdateStrategy, 4 minReadySeconds int, 6 revisionHistoryLimit int?',
  DaemonSetUpdateStrategy: '1 type, 2 rollingUpdate RollingUpdateDaemonSet?',
  RollingUpdateDaemonSet: '1 maxUnavailable IntOrString?, 2 maxSurge IntOrString?',
  DaemonSetStatus:
    '1 currentNumberScheduled int, 2 numberMisscheduled int, 3 desiredNumberScheduled int, 4 numberReady int, 5 observedGeneration int, 6 updatedNumberScheduled int, 7 numberAvailable int, 8 numberUnavailable int, 9 collisionCount int?, 10 conditions [DaemonSetCondition]',
  DaemonSetCondition: '1 type, 2 status, 3 lastTransitionTime Time, 4 reason, 5 message',
  ControllerRevision: '1 metadata ObjectMeta, 2 data Raw, 3 revision int',
  Job: '1 metadata ObjectMeta, 2 spec JobSpec, 3 status JobStatus',
  JobSpec:
    '1 parallelism int?, 2 completions int?, 3 activeDeadlineSeconds int?, 11 podFailurePolicy PodFailurePolicy?, 16 successPolicy SuccessPolicy?, 7 backoffLimit int?, 12 backoffLimitPerIndex int?, 13 maxFailedIndexes int?, 4 selector LabelSelector?, 5 manualSelector bool?, 6 template PodTemplateSpec, 8 ttlSecondsAfterFinished int?, 9 completionMode string?, 10 suspend bool?, 14 podReplacementPolicy string?, 15 managedBy string?, 17 scheduling JobSchedulingConfiguration?',
  PodFailurePolicy: '1 rules [PodFailurePolicyRule]',
  PodFailurePolicyRule:
    '1 action, 2 onExitCodes PodFailurePolicyOnExitCodesRequirement?, 3 onPodConditions [PodFailurePolicyOnPodConditionsPattern]',
  PodFailurePolicyOnExitCodesRequirement: '1 containerName string?, 2 operator, 3 values [int]',
  PodFailurePolicyOnPodConditionsPattern: '1 type, 2 status',
  SuccessPolicy: '1 rules [SuccessPolicyRule]',
  SuccessPolicyRule: '1 succeededIndexes string?, 2 succeededCount int?',
  JobSchedulingConfiguration:
    '1 schedulingPolicy -, 2 schedulingConstraints -, 3 disruptionMode -, 4 resourceClaims -',
  JobStatus:
    '1 conditions [JobCondition], 2 startTime Time?, 3 completionTime Time?, 4 active int, 5 succeeded int, 6 failed int, 11 terminating int?, 7 completedIndexes, 10 failedIndexes string?, 8 uncountedTerminatedPods UncountedTerminatedPods?, 9 ready int?',
  JobCondition: '1 type, 2 status, 3 lastProbeTime Time, 4 lastTransitionTime Time, 5 reason, 6 message',
  UncountedTerminatedPods: '1 succeeded [string], 2 failed [string]',
  CronJob: '1 metadata ObjectMeta, 2 spec CronJobSpec, 3 status CronJobStatus',
  CronJobSpec:
    '1 schedule, 8 timeZone string?, 2 startingDeadlineSeconds int?, 3 concurrencyPolicy, 4 suspend bool?, 5 jobTemplate JobTemplateSpec, 6 successfulJobsHistoryLimit int?, 7 failedJobsHistoryLimit int?',
  JobTemplateSpec: '1 metadata ObjectMeta, 2 spec JobSpec',
  CronJobStatus: '1 active [ObjectReference], 4 lastScheduleTime Time?, 5 lastSuccessfulTime Time?',
  HorizontalPodAutoscaler:
    '1 metadata ObjectMeta, 2 spec HorizontalPodAutoscalerSpec, 3 status HorizontalPodAutoscalerStatus',
  HorizontalPodAutoscalerSpec:
    '1 scaleTargetRef CrossVersionObjectReference, 2 minReplicas int?, 3 maxReplicas int, 4 targetCPUUtilizationPercentage int?',
  CrossVersionObjectReference: '1 kind, 2 name, 3 apiVersion',
  HorizontalPodAutoscalerStatus:
    '1 observedGeneration int?, 2 lastScaleTime Time?, 3 currentReplicas int, 4 desiredReplicas int, 5 currentCPUUtilizationPercentage int?',
  Scale: '1 metadata ObjectMeta, 2 spec ScaleSpec, 3 status ScaleStatus',
  ScaleSpec: '1 replicas int',
  ScaleStatus: '1 replicas int, 2 selector',
  'autoscaling.v2.HorizontalPodAutoscaler':
    '1 metadata ObjectMeta, 2 spec autoscaling.v2.HorizontalPodAutoscalerSpec, 3 status autoscaling.v2.HorizontalPodAutoscalerStatus',
  'autoscaling.v2.HorizontalPodAutoscalerSpec':
    '1 scaleTargetRef autoscaling.v2.CrossVersionObjectReference, 2 minReplicas int?, 3 maxReplicas int, 4 metrics [MetricSpec], 5 behavior HorizontalPodAutoscalerBehavior?',
  'autoscaling.v2.CrossVersionObjectReference': '1 kind, 2 name, 3 apiVersion',
  MetricSpec:
    '1 type, 2 object ObjectMetricSource?, 3 pods PodsMetricSource?, 4 resource ResourceMetricSource?, 7 containerResource ContainerResourceMetricSource?, 5 external ExternalMetricSource?',
  ObjectMetricSource:
    '1 describedObject autoscaling.v2.CrossVersionObjectReference, 2 target MetricTarget, 3 metric MetricIdentifier',
  MetricTarget: '1 type, 2 value Quantity?, 3 averageValue Quantity?, 4 averageUtilization int?',
  MetricIdentifier: '1 name, 2 selector LabelSelector?',
  PodsMetricSource: '1 metric MetricIdentifier, 2 target MetricTarget',
  ResourceMetricSource: '1 name, 2 target MetricTarget',
  ContainerResourceMetricSource: '1 name, 2 target MetricTarget, 3 container',
  ExternalMetricSource: '1 metric MetricIdentifier, 2 target MetricTarget',
  HorizontalPodAutoscalerBehavior: '1 scaleUp HPAScalingRules?, 2 scaleDown HPAScalingRules?',
  HPAScalingRules:
    '3 stabilizationWindowSeconds int?, 1 selectPolicy string?, 2 policies [HPAScalingPolicy], 4 tolerance Quantity?',
  HPAScalingPolicy: '1 type, 2 value int, 3 periodSeconds int',
  'autoscaling.v2.HorizontalPodAutoscalerStatus':
    '1 observedGeneration int?, 2 lastScaleTime Time?, 3 currentReplicas int, 4 desiredReplicas int, 5 currentMetrics [MetricStatus], 6 conditions [HorizontalPodAutoscalerCondition]',
  MetricStatus:
    '1 type, 2 object ObjectMetricStatus?, 3 pods PodsMetricStatus?, 4 resource ResourceMetricStatus?, 7 containerResource ContainerResourceMetricStatus?, 5 external ExternalMetricStatus?',
  ObjectMetricStatus:
    '1 metric MetricIdentifier, 2 current MetricValueStatus, 3 describedObject autoscaling.v2.CrossVersionObjectReference',
  MetricValueStatus: '1 value Quantity?, 2 averageValue Quantity?, 3 averageUtilization int?',
  PodsMetricStatus: '1 metric MetricIdentifier, 2 current MetricValueStatus',
  ResourceMetricStatus: '1 name, 2 current MetricValueStatus',
  ContainerResourceMetricStatus: '1 name, 2 current MetricValueStatus, 3 container',
  ExternalMetricStatus: '1 metric MetricIdentifier, 2 current MetricValueStatus',
  HorizontalPodAutoscalerCondition:
    '1 type, 2 status, 3 lastTransitionTime Time, 4 reason, 5 message, 6 observedGeneration int?',
  PodDisruptionBudget:
    '1 metadata ObjectMeta, 2 spec PodDisruptionBudgetSpec, 3 status PodDisruptionBudgetStatus',
  PodDisruptionBudgetSpec:
    '1 minAvailable IntOrString?, 2 selector LabelSelector?, 3 maxUnavailable IntOrString?, 4 unhealthyPodEvictionPolicy string?',
  PodDisruptionBudgetStatus:
    '1 observedGeneration int, 2 disruptedPods {Time}, 3 disruptionsAllowed int, 4 currentHealthy int, 5 desiredHealthy int, 6 expectedPods int, 7 conditions [Condition]',
  Eviction: '1 metadata ObjectMeta, 2 deleteOptions DeleteOptions?',
};
