// Pods that answer wrongly, late or not at all, each family of the data path's catalogue as one fault over some kinds of
// mischief. What a pod does then is in sim/pod/answer-script.ts.
import { type MischiefFault, type MischiefRange, mischiefFault } from './mischief.ts';

const always = [1_000_000, 1_000_000] as const;
const anywhere = [0, 400] as const;

const slowRanges: readonly MischiefRange[] = [
  { kind: 'late-head', ms: [200, 4_000] },
  { kind: 'trickles', ms: [1, 60], bytes: [1, 40] },
  { kind: 'stalls', ms: [200, 4_000], bytes: anywhere },
  // Twice as often: half of the Services leave it a minute to do so.
  { kind: 'says-nothing' },
  { kind: 'says-nothing' },
];

const malformedRanges: readonly MischiefRange[] = [
  { kind: 'short-body', bytes: anywhere },
  { kind: 'long-body' },
  { kind: 'chunks-cut' },
  { kind: 'trailers' },
  { kind: 'until-close' },
  { kind: 'until-close-reset' },
  { kind: 'interim-storm', bytes: [1, 30] },
  { kind: 'body-with-204' },
  { kind: 'body-with-304' },
  { kind: 'two-lengths' },
  { kind: 'length-and-chunks' },
  { kind: 'garbage' },
];

const webSocketRanges: readonly MischiefRange[] = [
  { kind: 'refuses-upgrade' },
  { kind: 'half-closes' },
  { kind: 'stays-silent' },
  { kind: 'drops-upgraded', ms: [0, 3_000] },
];

const table: readonly MischiefFault[] = [
  {
    id: 'X01',
    name: 'pod-refuses-connections',
    summary: 'A pod listens no more while the cluster still takes it for ready.',
    ranges: [{ kind: 'refuses' }],
    lastsMsMax: 4_000,
  },
  {
    id: 'X03',
    name: 'pod-resets-exchanges',
    summary: 'A pod resets connections when a request comes, or after some bytes of its answer.',
    ranges: [
      { kind: 'resets-request' },
      { kind: 'resets-answer', bytes: anywhere },
      // Carried out, and not a word about it.
      { kind: 'resets-answer' },
    ],
    lastsMsMax: 8_000,
  },
  {
    id: 'X05',
    name: 'pod-closes-idle-connections',
    summary: 'A pod closes a kept connection just as the gateway sends the next request on it.',
    ranges: [{ kind: 'closes-on-reuse' }, { kind: 'closes-idle', ms: [0, 300], count: always }],
    lastsMsMax: 10_000,
  },
  {
    id: 'X07',
    name: 'slow-pod',
    summary: 'A pod answers late, in trickles, stalls in the middle of an answer, or never answers.',
    ranges: slowRanges,
    lastsMsMax: 10_000,
  },
  {
    id: 'X11',
    name: 'malformed-answers',
    summary: 'A pod sends answers that end too early or too late, or are framed wrongly or rarely.',
    ranges: malformedRanges,
    lastsMsMax: 10_000,
  },
  {
    id: 'X17',
    name: 'websocket-trouble',
    summary: 'A pod refuses an upgrade, half-closes a WebSocket, never speaks on it, or drops it.',
    ranges: webSocketRanges,
    lastsMsMax: 10_000,
  },
  {
    id: 'K07',
    name: 'readiness-lags',
    summary: 'A pod fails while its probe has not noticed yet, or is well while its probe still says no.',
    ranges: [
      { kind: 'fails', count: always },
      { kind: 'unready', count: always },
    ],
    lastsMsMax: 8_000,
  },
];

export const upstreamFaults = table.map(mischiefFault);
