// Canaries that a scenario finds: with the defect in the product it is violated, by the property that the defect belongs to. They
// show that scenarios can fail, on every backend.
import { canaries } from '../../sim/canaries/catalogue.ts';

export interface FittingScenario {
  readonly canary: string;
  /** 'traffic/retry-safety' */
  readonly scenario: string;
}

const pair = (canary: string, scenario: string): FittingScenario => ({ canary, scenario });

export const fittingScenarios: readonly FittingScenario[] = [
  pair('retry-of-post', 'traffic/retry-safety'),
  pair('who-takes-long-is-cut', 'traffic/slow-reader'),
  pair('pipelined-requests-are-lost', 'traffic/pipelining'),
  pair('tunnels-end-with-their-config', 'traffic/websocket'),
  pair('new-endpoints-forgotten', 'scaling/zero-to-many'),
  pair('no-target-is-bad-gateway', 'scaling/many-to-zero'),
  pair('last-slice-only', 'scaling/slices-split-and-merge'),
  pair('half-open-watch-unnoticed', 'failure/watch-half-open'),
  pair('gone-is-resumed', 'failure/watch-gone'),
  pair('two-leaders', 'failure/two-leaders'),
  pair('serves-before-its-tables', 'failure/worker-crash'),
  pair('refused-connections-are-failures', 'failure/half-dead-pod'),
  pair('ready-before-its-workers', 'start/fresh-replica'),
  pair('failures-not-counted', 'failure/sick-pod'),
  pair('no-other-chance', 'failure/sick-pod-recovers'),
  pair('rotation-forgotten', 'reconfiguration/tls-rotation'),
  pair('newest-wins', 'reconfiguration/conflicting-claims'),
  pair('connections-keep-their-config', 'reconfiguration/path-moved'),
  pair('any-class', 'tenancy/other-class'),
  pair('secrets-of-others', 'tenancy/secrets-of-others'),
  pair('id-collision', 'tenancy/names-that-read-alike'),
  // Those that nothing else shows.
  ...canaries.flatMap(({ name, scenario }) => (scenario === undefined ? [] : [pair(name, scenario)])),
];
