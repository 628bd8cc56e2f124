// Schemas of horizontal autoscalers, in both versions that clients use.

export const autoscalingText = `
HorizontalPodAutoscaler
  spec HorizontalPodAutoscalerSpec
  status HorizontalPodAutoscalerStatus
HorizontalPodAutoscalerSpec
  scaleTargetRef! CrossVersionObjectReference
  minReplicas int =1
  maxReplicas! int
  metrics [MetricSpec]
  behavior object
CrossVersionObjectReference
  apiVersion string
  kind! string
  name! string
MetricSpec
  type! string
  resource ResourceMetricSource
  containerResource object
  pods object
  object object
  external object
ResourceMetricSource
  name! string
  target! MetricTarget
MetricTarget
  type! string
  value quantity
  averageValue quantity
  averageUtilization int
HorizontalPodAutoscalerStatus
  observedGeneration long
  lastScaleTime time
  currentReplicas int
  desiredReplicas int
  currentMetrics [object]
  conditions [Condition] key=type
`;

export const autoscalingV1Text = `
HorizontalPodAutoscalerV1
  spec HorizontalPodAutoscalerSpecV1
  status HorizontalPodAutoscalerStatusV1
HorizontalPodAutoscalerSpecV1
  scaleTargetRef! CrossVersionObjectReference
  minReplicas int
  maxReplicas! int
  targetCPUUtilizationPercentage int
HorizontalPodAutoscalerStatusV1
  observedGeneration long
  lastScaleTime time
  currentReplicas int
  desiredReplicas int
  currentCPUUtilizationPercentage int
`;
