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
  'pod-refuses-connections',
  'pod-resets-exchanges',
  'pod-closes-idle-connections',
  'slow-pod',
  'malformed-answers',
  'websocket-trouble',
  'readiness-lags',
  'pod-sick',
  'pod-mute',
  'clients-do-not-read',
  'slowloris',
  'clients-go-away',
  'tls-unknown-name',
  'tls-rotation-under-handshakes',
  'crash-worker',
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

const reasons: Readonly<Record<string, string>> = {
  'clock-jump': 'all processes share the clock of the machine',
  'clock-rate': 'all processes share the clock of the machine',
  'hang-worker': 'a thread cannot be stopped alone from outside',
  'slow-worker-start': 'a thread cannot be stopped alone from outside',
  'pod-speaks-unasked':
    'what is on its way through the kernel cannot be seen, so nothing is certainly unasked',
  'odd-proxy-headers': 'its clients announce nobody',
  'clients-show-certificates': 'its proxies ask nobody for certificates',
};
const brokenLinks = 'loopback has no links that could be broken, thinned or slowed down';

function whyNoFault(
  { fault, parameters }: Pick<AimedEntry, 'fault' | 'parameters'>,
  { mode }: WorldShape,
): string {
  if (!faults.has(fault)) return reasons[fault] ?? brokenLinks;
  if (mode === 'combined' && (fault === 'pause-controller' || parameters['how'] === 'pause'))
    return 'SIGSTOP stops the workers of a combined process too';
  if (mode === 'combined' && fault === 'disturbed-push')
    return 'a combined process hands its configs over within itself';
  return '';
}

/** Figures of the cluster, and of the product where it has an option for them. */
const free: ReadonlySet<keyof Knobs> = new Set<keyof Knobs>([
  'endpointsPerSliceMax',
  'nodeGraceMs',
  'watchLagMsMax',
  'streamsLists',
  'addressReuse',
  'keepaliveTimeoutMs',
  'recoverAfterMs',
]);

/** Figures that the kernel decides: here they only say how long things may take. */
const ofLinks: ReadonlySet<keyof Knobs> = new Set<keyof Knobs>(['linkLatencyUs', 'linkJitterUs']);

const words: Partial<Record<keyof Knobs, string>> = {
  leaseMs: 'the product has no option for how long a lease lasts',
  renewDeadlineMs: 'the product has no option for how long a lease lasts',
  leaseRetryMs: 'the product has no option for how often candidates look',
  watchIdleTimeoutMs: 'the product has no option for how long a watch may be silent',
  pageItems: 'the product has no option for the size of a page',
  proxyProtocol: 'its clients announce nobody',
  clientCertificates: 'its proxies ask nobody for certificates',
};

function whyNoFigures(knobs: Knobs, isDemanded: boolean): string {
  for (const name of Object.keys(defaultKnobs) as (keyof Knobs)[]) {
    if (knobs[name] === defaultKnobs[name] || free.has(name)) continue;
    if (!isDemanded && ofLinks.has(name)) continue;
    return words[name] ?? `there is no way to have ${name} other than usual`;
  }
  if (knobs.keepaliveTimeoutMs % 1000 !== 0) return 'keepalive-timeout takes whole seconds';
  if (knobs.recoverAfterMs % 1000 !== 0) return 'recover-after takes whole seconds';
  return '';
}

/** Threads and processes that a small machine runs beside each other. */
const gatewaysMax = 6;

export const localCapabilities: Capabilities = {
  world({ shape, knobs }) {
    if (shape.gateways > gatewaysMax || shape.controllers > gatewaysMax) return 'too many processes';
    return whyNoFigures(knobs, true);
  },
  fault: (fault, { shape }) => whyNoFault(fault, shape),
  client: () => '',
  expectation: (_kind: Expectation['kind']) => '',
};

export { whyNoFault, whyNoFigures };
