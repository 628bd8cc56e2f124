// Schemas of networking, discovery, coordination, policy, access control and autoscaling.

export const networkText = `
Ingress
  spec IngressSpec
  status IngressStatus ={"loadBalancer":{}}
IngressSpec
  ingressClassName string
  defaultBackend IngressBackend
  tls [IngressTLS]
  rules [IngressRule]
IngressTLS
  hosts [string]
  secretName string
IngressRule
  host string
  http HTTPIngressRuleValue
HTTPIngressRuleValue
  paths! [HTTPIngressPath]
HTTPIngressPath
  path string
  pathType string
  backend! IngressBackend
IngressBackend
  service IngressServiceBackend
  resource TypedLocalObjectReference
IngressServiceBackend
  name! string
  port ServiceBackendPort
ServiceBackendPort
  name string
  number int
TypedLocalObjectReference
  apiGroup string
  kind! string
  name! string
IngressStatus
  loadBalancer LoadBalancerStatus
IngressClass
  spec IngressClassSpec
IngressClassSpec
  controller string
  parameters IngressClassParametersReference
IngressClassParametersReference
  apiGroup string
  kind! string
  name! string
  namespace string
  scope string =Cluster
NetworkPolicy
  spec NetworkPolicySpec
NetworkPolicySpec
  podSelector LabelSelector ={}
  ingress [object]
  egress [object]
  policyTypes [string]
EndpointSlice
  addressType! string
  endpoints [Endpoint]
  ports [DiscoveryEndpointPort]
Endpoint
  addresses! [string]
  conditions EndpointConditions
  hostname string
  nodeName string
  zone string
  targetRef ObjectReference
  deprecatedTopology {string}
  hints EndpointHints
EndpointConditions
  ready bool
  serving bool
  terminating bool
EndpointHints
  forZones [EndpointHint]
  forNodes [EndpointHint]
EndpointHint
  name! string
DiscoveryEndpointPort
  name string
  protocol string =TCP
  port int
  appProtocol string
Lease
  spec LeaseSpec
LeaseSpec
  holderIdentity string
  leaseDurationSeconds int
  acquireTime time
  renewTime time
  leaseTransitions int
  strategy string
  preferredHolder string
PodDisruptionBudget
  spec PodDisruptionBudgetSpec
  status object
PodDisruptionBudgetSpec
  minAvailable intstr
  maxUnavailable intstr
  selector LabelSelector
  unhealthyPodEvictionPolicy string
EventV1
  eventTime time
  series EventSeriesV1
  reportingController string
  reportingInstance string
  action string
  reason string
  regarding ObjectReference
  related ObjectReference
  note string
  type string
  deprecatedSource EventSource
  deprecatedFirstTimestamp time
  deprecatedLastTimestamp time
  deprecatedCount int
EventSeriesV1
  count! int
  lastObservedTime! time
Role
  rules [PolicyRule]
ClusterRole
  rules [PolicyRule]
  aggregationRule object
PolicyRule
  verbs! [string]
  apiGroups [string]
  resources [string]
  resourceNames [string]
  nonResourceURLs [string]
RoleBinding
  subjects [Subject]
  roleRef! RoleRef
ClusterRoleBinding
  subjects [Subject]
  roleRef! RoleRef
Subject
  kind! string
  apiGroup string
  name! string
  namespace string
RoleRef
  apiGroup string =rbac.authorization.k8s.io
  kind! string
  name! string
CustomResourceDefinition
  spec object
  status object
`;
