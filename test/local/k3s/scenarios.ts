// Scenarios that run on any cluster, with the case of those of which some cases need more. The first few are run with every `npm test`,
// all of them where TIDEGATE_CLUSTER_SCENARIOS=all asks for it; that takes about ten minutes.
// Those that judge latencies are not among them: what a machine that does other things too needs is nobody's promise.
export const everyTime: readonly string[] = [
  'scaling/zero-to-many',
  'reconfiguration/namespace-recreated',
  'failure/proxy-crash --set mode=combined',
];

export const onRequest: readonly string[] = [
  'scaling/autoscaler-bursts',
  'scaling/flapping',
  'scaling/many-endpoints',
  'scaling/many-to-zero',
  'reconfiguration/broken-certificate',
  'reconfiguration/class-changed',
  'reconfiguration/host-moved',
  'reconfiguration/key-replaced',
  'reconfiguration/mass-edit',
  'reconfiguration/path-moved',
  'reconfiguration/plugin-broken',
  'reconfiguration/plugin-switched-on',
  'reconfiguration/port-renamed',
  'reconfiguration/rolled-over',
  'reconfiguration/service-recreated',
  'reconfiguration/tls-rotation',
  'tenancy/names-that-read-alike',
  'tenancy/noisy-neighbour',
  'tenancy/secrets-of-others',
  'traffic/pipelining',
  'traffic/retry-safety --set fault=pod-resets-exchanges',
  'traffic/slow-reader',
  'traffic/websocket',
  'start/cold-start --set count=300',
  'start/fresh-replica',
  'failure/pod-crash',
  'failure/half-dead-pod --set fault=pod-closes-idle-connections',
];
