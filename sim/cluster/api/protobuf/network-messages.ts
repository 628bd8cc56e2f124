// Field numbers of the messages of networking, discovery, coordination and events; see messages.ts for the notation.

export const networkMessages: Readonly<Record<string, string>> = {
  Ingress: '1 metadata ObjectMeta, 2 spec IngressSpec, 3 status IngressStatus',
  IngressSpec:
    '4 ingressClassName string?, 1 defaultBackend IngressBackend?, 2 tls [IngressTLS], 3 rules [IngressRule]',
  IngressBackend: '4 service IngressServiceBackend?, 3 resource TypedLocalObjectReference?',
  IngressServiceBackend: '1 name, 2 port ServiceBackendPort',
  ServiceBackendPort: '1 name, 2 number int',
  IngressTLS: '1 hosts [string], 2 secretName',
  IngressRule: '1 host, 2 ingressRuleValue +IngressRuleValue',
  IngressRuleValue: '1 http HTTPIngressRuleValue?',
  HTTPIngressRuleValue: '1 paths [HTTPIngressPath]',
  HTTPIngressPath: '1 path, 3 pathType string?, 2 backend IngressBackend',
  IngressStatus: '1 loadBalancer IngressLoadBalancerStatus',
  IngressLoadBalancerStatus: '1 ingress [IngressLoadBalancerIngress]',
  IngressLoadBalancerIngress: '1 ip, 2 hostname, 4 ports [IngressPortStatus]',
  IngressPortStatus: '1 port int, 2 protocol, 3 error string?',
  IngressClass: '1 metadata ObjectMeta, 2 spec IngressClassSpec',
  IngressClassSpec: '1 controller, 2 parameters IngressClassParametersReference?',
  IngressClassParametersReference: '1 apiGroup string?, 2 kind, 3 name, 4 scope string?, 5 namespace string?',
  NetworkPolicy: '1 metadata ObjectMeta, 2 spec NetworkPolicySpec',
  NetworkPolicySpec:
    '1 podSelector LabelSelector, 2 ingress [NetworkPolicyIngressRule], 3 egress [NetworkPolicyEgressRule], 4 policyTypes [string]',
  NetworkPolicyIngressRule: '1 ports [NetworkPolicyPort], 2 from [NetworkPolicyPeer]',
  NetworkPolicyPort: '1 protocol string?, 2 port IntOrString?, 3 endPort int?',
  NetworkPolicyPeer: '1 podSelector LabelSelector?, 2 namespaceSelector LabelSelector?, 3 ipBlock IPBlock?',
  IPBlock: '1 cidr, 2 except [string]',
  NetworkPolicyEgressRule: '1 ports [NetworkPolicyPort], 2 to [NetworkPolicyPeer]',
  EndpointSlice:
    '1 metadata ObjectMeta, 4 addressType, 2 endpoints [Endpoint], 3 ports [discovery.v1.EndpointPort]',
  Endpoint:
    '1 addresses [string], 2 conditions EndpointConditions, 3 hostname string?, 4 targetRef ObjectReference?, 5 deprecatedTopology {string}, 6 nodeName string?, 7 zone string?, 8 hints EndpointHints?',
  EndpointConditions: '1 ready bool?, 2 serving bool?, 3 terminating bool?',
  EndpointHints: '1 forZones [ForZone], 2 forNodes [ForNode]',
  ForZone: '1 name',
  ForNode: '1 name',
  'discovery.v1.EndpointPort': '1 name string?, 2 protocol string?, 3 port int?, 4 appProtocol string?',
  Lease: '1 metadata ObjectMeta, 2 spec LeaseSpec',
  LeaseSpec:
    '1 holderIdentity string?, 2 leaseDurationSeconds int?, 3 acquireTime MicroTime?, 4 renewTime MicroTime?, 5 leaseTransitions int?, 6 strategy string?, 7 preferredHolder string?',
  'events.v1.Event':
    '1 metadata ObjectMeta, 2 eventTime MicroTime, 3 series events.v1.EventSeries?, 4 reportingController, 5 reportingInstance, 6 action, 7 reason, 8 regarding ObjectReference, 9 related ObjectReference?, 10 note, 11 type, 12 deprecatedSource EventSource, 13 deprecatedFirstTimestamp Time, 14 deprecatedLastTimestamp Time, 15 deprecatedCount int',
  'events.v1.EventSeries': '1 count int, 2 lastObservedTime MicroTime',
};
