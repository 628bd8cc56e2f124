// What real processes on loopback can be asked for, and why not what they cannot.
import { defaultKnobs, type Expectation, type Knobs, type WorldShape } from '../../../sim/history/plan.ts';
import type { AimedEntry } from '../../compile/fault-entry.ts';
import type { Capabilities } from '../backend.ts';

/** Faults of the API, of objects, pods, clients and processes: what they touch is here as it is in virtual time. */
const faults: ReadonlySet<string> = new Set([
  'crash-controller',
  'controller-error',
  'pause-controller',
  'version-too-large',
  'too-many-requests',
  'api-errors',
  'lost-answer',
  'slow-answers',
  'watch-close',
  'watch-reset',
  'watch-half-open',
  'watch-gone',
  'continue-gone',
  'watch-bookmarks',
  'unseen-events',
  'doubled-events',
  'stale-api-server',
  'late-kind',
  'api-restart',
  'leader-overlap',
  'successor-is-behind',
  'second-writer',
  'event-burst',
  'recreate-object',
  'kind-missing',
  'kind-newer',
  'disturbed-push',
  'older-gateway',
  'pod-refuses-connections',
  'pod-resets-exchanges',
  'connections-cut',
  'pod-closes-idle-connections',
  'slow-pod',
  'pod-sick',
  'malformed-answers',
  'websocket-trouble',
  'readiness-lags',
  'pod-mute',
  'clients-do-not-read',
  'slowloris',
  'clients-go-away',
  'tls-handshakes-stall',
  'tls-unknown-name',
  'tls-rotation-under-handshakes',
  'crash-worker',
  'hang-worker',
  'slow-worker-start',
  'terminate-gateway',
  'crash-gateway',
  'container-crashes',
  'pod-deleted',
  'pod-terminates',
  'address-reused',
  'endpoints-flap',
  'slices-by-another-writer',
  'early-answers',
]);

const ownDns = 'its proxies ask the DNS of this machine, which knows no name of a scenario';
const reasons: Readonly<Record<string, string>> = {
  'name-changes': ownDns,
  'names-unanswered': ownDns,
  'names-late': ownDns,
  'name-vanishes': ownDns,
  'odd-name-answers': ownDns,
  'clock-jump': 'all processes share the clock of the machine',
  'clock-rate': 'all processes share the clock of the machine',
  'pod-speaks-unasked':
    'what is on its way through the kernel cannot be seen, so nothing is certainly unasked',
  'odd-proxy-headers': 'its clients announce nobody',
  'clients-show-certificates': 'its proxies ask nobody for certificates',
};
const brokenLinks = 'loopback has no links that could be broken, thinned or slowed down';

export function whyNoFault(
  { fault, parameters }: Pick<AimedEntry, 'fault' | 'parameters'>,
  { mode }: WorldShape,
): string {
  if (!faults.has(fault)) return reasons[fault] ?? brokenLinks;
  if (mode === 'combined' && (fault === 'pause-controller' || parameters['how'] === 'pause'))
    return 'SIGSTOP stops the workers of a combined process too';
  if (fault === 'connections-cut' && parameters['between'] === 'client')
    return 'connections of clients cannot be cut at the other end';
  if (mode === 'combined' && (fault === 'disturbed-push' || fault === 'older-gateway'))
    return 'a combined process hands its configs over within itself';
  return '';
}

/** Figures of the cluster, of the product by its options, and of its controller by those that only its code has. */
const free: ReadonlySet<keyof Knobs> = new Set<keyof Knobs>([
  'endpointsPerSliceMax',
  'nodeGraceMs',
  'watchLagMsMax',
  'streamsLists',
  'addressReuse',
  'keepaliveTimeoutMs',
  'leaseMs',
  'renewDeadlineMs',
  'leaseRetryMs',
  'paceQuietMs',
  'pacePauseMs',
  'paceDelayMsMax',
  'pageItems',
  'watchIdleTimeoutMs',
  'watchSecondsMin',
  'keepsConfig',
  'bootMs',
  'bodyBytesMax',
  'recoverAfterMs',
  'gatewayZone',
]);

const words: Partial<Record<keyof Knobs, string>> = {
  proxyProtocol: 'its clients announce nobody',
  clientCertificates: 'its proxies ask nobody for certificates',
  publicPorts: 'its proxies are reached by their own ports',
  segmentBytesMax: 'the kernel decides what it delivers together',
  pushCheckMs: 'the product has no option for how often a gateway is asked what it runs',
};

export const isFree = (name: keyof Knobs): boolean => free.has(name);

function whyNoFigures(knobs: Knobs): string {
  for (const name of Object.keys(defaultKnobs) as (keyof Knobs)[]) {
    if (knobs[name] === defaultKnobs[name] || free.has(name)) continue;
    return words[name] ?? `${name} is what the kernel makes it`;
  }
  if (knobs.keepaliveTimeoutMs % 1000 !== 0) return 'keepalive-timeout takes whole seconds';
  if (knobs.recoverAfterMs % 1000 !== 0) return 'the option --recover-after takes whole seconds';
  return '';
}

/** Threads and processes that a small machine runs beside each other. */
const gatewaysMax = 6;

export const localCapabilities: Capabilities = {
  world({ shape, knobs }) {
    if (shape.gateways > gatewaysMax || shape.controllers > gatewaysMax) return 'too many processes';
    return whyNoFigures(knobs);
  },
  fault: (fault, { shape }) => whyNoFault(fault, shape),
  client: () => '',
  expectation: (_kind: Expectation['kind']) => '',
};
