// EndpointSlices to the targets of an upstream: the one part that changes all the time.
import { compareStrings } from '../base/order.ts';
import type { Target } from '../kong/entity.ts';
import { idOfKey } from '../kong/ids.ts';
import type { Endpoint, EndpointSlice } from '../kube/endpoint-slice.ts';
import { checked } from './check-entity.ts';
import type { TranslateOptions } from './options.ts';
import type { TargetList, UpstreamPlan } from './translation.ts';

const fullWeight = 100;
const noSlices: readonly EndpointSlice[] = [];

function formatAddress(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Whether an address of the slice is the one in 'address:port'. */
export function holdsTarget(slice: EndpointSlice, target: string): boolean {
  return slice.endpoints.some(({ addresses }) =>
    slice.ports.some(
      ({ port }) =>
        port !== null && addresses[0] !== undefined && formatAddress(addresses[0], port) === target,
    ),
  );
}

/** Address to weight. An address may stand in two slices while they are rearranged; the better state counts. */
function collect(
  plan: UpstreamPlan,
  slices: readonly EndpointSlice[],
  weightOf: (endpoint: Endpoint) => number | null,
): Map<string, number> {
  const weights = new Map<string, number>();
  for (const slice of slices) {
    for (const port of slice.ports) {
      if (port.port === null || port.name !== plan.port!.name || port.protocol !== plan.port!.protocol)
        continue;
      for (const endpoint of slice.endpoints) {
        const address = endpoint.addresses[0];
        const weight = weightOf(endpoint);
        if (address === undefined || weight === null) continue;
        const key = formatAddress(address, port.port);
        weights.set(key, Math.max(weights.get(key) ?? 0, weight));
      }
    }
  }
  return weights;
}

function isReady(endpoint: Endpoint): boolean {
  return endpoint.ready ?? true;
}

/** Draining: no longer ready, still answering. */
function isDraining(endpoint: Endpoint): boolean {
  return !isReady(endpoint) && endpoint.terminating === true && endpoint.serving !== false;
}

function isOfPort(slice: EndpointSlice, { port: wanted }: UpstreamPlan): boolean {
  return slice.ports.some(({ name, protocol }) => name === wanted!.name && protocol === wanted!.protocol);
}

/**
 * As kube-proxy reads the hints of a Service with a `trafficDistribution`: where every ready endpoint says for which zones it is
 * meant, and one of them is meant for ours, the others are left out. Else all are used.
 */
function isNearby(
  plan: UpstreamPlan,
  slices: readonly EndpointSlice[],
  zone: string,
): (endpoint: Endpoint) => boolean {
  const all = (): boolean => true;
  if (zone === '') return all;
  const ready = slices
    .filter((slice) => isOfPort(slice, plan))
    .flatMap(({ endpoints }) => endpoints.filter(isReady));
  const isTold = ready.every(({ zones }) => zones.length > 0);
  return isTold && ready.some(({ zones }) => zones.includes(zone))
    ? ({ zones }) => zones.includes(zone)
    : all;
}

/** Ready endpoints; where there is none, those that drain, as kube-proxy does, so that the last pod's requests are not lost. */
function weightsOf(
  plan: UpstreamPlan,
  slices: readonly EndpointSlice[],
  options: TranslateOptions,
): Map<string, number> {
  if (plan.port === null) return new Map(plan.fixed.map((target) => [target, fullWeight]));
  const drainingWeight = options.keepsDrainingTargets ? 0 : null;
  const isUsed = isNearby(plan, slices, options.zone);
  const weights = collect(plan, slices, (endpoint) => {
    if (isReady(endpoint)) return isUsed(endpoint) ? fullWeight : null;
    return isDraining(endpoint) ? drainingWeight : null;
  });
  if ([...weights.values()].some((weight) => weight > 0)) return weights;
  return collect(plan, slices, (endpoint) => (isDraining(endpoint) ? fullWeight : null));
}

/** The targets of one upstream, those of `previous` reused where nothing changed. */
export function findTargets(
  plan: UpstreamPlan,
  slices: readonly EndpointSlice[] | undefined,
  options: TranslateOptions,
  previous: TargetList | null,
): TargetList {
  const own = slices ?? noSlices;
  if (previous !== null && previous.plan === plan && previous.slices === own) return previous;
  const old = new Map((previous?.targets ?? []).map((target) => [target.target, target]));
  const targets: Target[] = [];
  const sorted = [...weightsOf(plan, own, options)].sort(([a], [b]) => compareStrings(a, b));
  for (const [target, weight] of sorted) {
    const reused = old.get(target);
    if (reused !== undefined && reused.weight === weight && reused.upstream === plan.upstream) {
      targets.push(reused);
      continue;
    }
    const result = checked('targets', {
      id: idOfKey('targets', [plan.upstream, target]),
      upstream: plan.upstream,
      target,
      weight,
    });
    if (result.ok) targets.push(result.value);
  }
  return { plan, slices: own, targets };
}
