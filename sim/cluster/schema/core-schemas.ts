// Schemas of metadata and of the core kinds except pods.

export const metaText = `
ObjectMeta
  name string
  generateName string
  namespace string
  selfLink string
  uid string
  resourceVersion string
  generation long
  creationTimestamp time
  deletionTimestamp time
  deletionGracePeriodSeconds long
  labels {string}
  annotations {string}
  ownerReferences [OwnerReference] key=uid
  finalizers [string] set
  managedFields [object]
OwnerReference
  apiVersion! string
  kind! string
  name! string
  uid! string
  controller bool
  blockOwnerDeletion bool
LabelSelector
  matchLabels {string}
  matchExpressions [LabelSelectorRequirement]
LabelSelectorRequirement
  key! string
  operator! string
  values [string]
Condition
  type! string
  status! string
  observedGeneration long
  lastTransitionTime time
  reason string
  message string
`;

export const coreText = `
Namespace
  spec NamespaceSpec
  status NamespaceStatus
NamespaceSpec
  finalizers [string]
NamespaceStatus
  phase string
  conditions [Condition] key=type
Service
  spec ServiceSpec
  status ServiceStatus
ServiceSpec
  type string =ClusterIP
  selector {string} atomic
  clusterIP string
  clusterIPs [string]
  externalIPs [string]
  externalName string
  externalTrafficPolicy string
  internalTrafficPolicy string
  trafficDistribution string
  healthCheckNodePort int
  ipFamilies [string]
  ipFamilyPolicy string
  loadBalancerClass string
  loadBalancerIP string
  loadBalancerSourceRanges [string]
  allocateLoadBalancerNodePorts bool
  publishNotReadyAddresses bool
  sessionAffinity string =None
  sessionAffinityConfig object
  ports [ServicePort] key=port,protocol
ServicePort
  name string
  protocol string =TCP
  appProtocol string
  port! int
  targetPort intstr
  nodePort int
ServiceStatus
  loadBalancer LoadBalancerStatus ={}
  conditions [Condition] key=type
LoadBalancerStatus
  ingress [LoadBalancerIngress]
LoadBalancerIngress
  ip string
  hostname string
  ipMode string
  ports [PortStatus]
PortStatus
  port! int
  protocol! string
  error string
Endpoints
  subsets [EndpointSubset]
EndpointSubset
  addresses [EndpointAddress]
  notReadyAddresses [EndpointAddress]
  ports [EndpointPort]
EndpointAddress
  ip! string
  hostname string
  nodeName string
  targetRef ObjectReference
EndpointPort
  name string
  port! int
  protocol string =TCP
  appProtocol string
ObjectReference
  apiVersion string
  kind string
  namespace string
  name string
  uid string
  resourceVersion string
  fieldPath string
Secret
  type string =Opaque
  data {bytes}
  stringData {string}
  immutable bool
ConfigMap
  data {string}
  binaryData {bytes}
  immutable bool
Event
  involvedObject! ObjectReference
  reason string
  message string
  source EventSource ={}
  firstTimestamp time
  lastTimestamp time
  count int
  type string
  eventTime time
  series EventSeries
  action string
  related ObjectReference
  reportingComponent string
  reportingInstance string
EventSource
  component string
  host string
EventSeries
  count int
  lastObservedTime time
Node
  spec NodeSpec ={}
  status NodeStatus
NodeSpec
  podCIDR string
  podCIDRs [string] set
  providerID string
  unschedulable bool
  taints [Taint]
Taint
  key! string
  value string
  effect! string
  timeAdded time
NodeStatus
  capacity {quantity}
  allocatable {quantity}
  phase string
  conditions [NodeCondition] key=type
  addresses [NodeAddress] merge=type
  daemonEndpoints object
  nodeInfo object
  images [object]
NodeCondition
  type! string
  status! string
  lastHeartbeatTime time
  lastTransitionTime time
  reason string
  message string
NodeAddress
  type! string
  address! string
ServiceAccount
  secrets [ObjectReference] key=name
  imagePullSecrets [LocalObjectReference] key=name
  automountServiceAccountToken bool
LocalObjectReference
  name string
PersistentVolumeClaim
  spec PersistentVolumeClaimSpec
  status object
PersistentVolumeClaimSpec
  accessModes [string]
  resources object
  selector LabelSelector
  storageClassName string
  volumeMode string =Filesystem
  volumeName string
`;
