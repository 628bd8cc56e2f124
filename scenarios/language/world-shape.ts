// The world that a scenario begins with: what is deployed in it, how many of our processes there are, and the figures of
// the cluster that matter to it.
import type { Knobs } from '../../sim/history/plan.ts';
import {
  choice,
  type Field,
  flag,
  list,
  optional,
  placed,
  record,
  required,
  some,
  text,
  whole,
  withDefault,
  wordOr,
} from './shape.ts';
import { duration, size } from './units.ts';

export const fileName = placed(text('a file beside the scenario or in a folder above it'));

export const manyOf = record('a file applied many times', {
  file: required(fileName, 'the manifests; `$n` in it is the number of the copy'),
  count: required(whole(1, 5_000), 'how many copies, numbered from 1'),
});

/** Figures by the words that scenarios use, each with the knob that it sets. */
export const figureKnobs = {
  'endpoints-per-slice': 'endpointsPerSliceMax',
  'node-grace': 'nodeGraceMs',
  'watch-idle-timeout': 'watchIdleTimeoutMs',
  'watch-lag': 'watchLagMsMax',
  lease: 'leaseMs',
  'renew-deadline': 'renewDeadlineMs',
  'lease-retry': 'leaseRetryMs',
  'keepalive-timeout': 'keepaliveTimeoutMs',
  'recover-after': 'recoverAfterMs',
  'page-items': 'pageItems',
  'link-latency': 'linkLatencyUs',
  'address-reuse': 'addressReuse',
  'streams-lists': 'streamsLists',
  'keeps-config': 'keepsConfig',
  'body-limit': 'bodyBytesMax',
  'public-ports': 'publicPorts',
  'boot-time': 'bootMs',
} as const satisfies Readonly<Record<string, keyof Knobs>>;

const figures = record('figures of the cluster and of the product', {
  'endpoints-per-slice': optional(whole(1, 1_000), 'endpoints that one EndpointSlice holds (100)'),
  'node-grace': optional(duration, 'a node that has not been heard of for so long is lost (50s)'),
  'watch-idle-timeout': optional(duration, 'a watch that is silent for so long is given up (90s)'),
  'watch-lag': optional(duration, 'how far watch caches of API servers are behind at most (0)'),
  lease: optional(duration, 'how long the leader leads without renewing (15s)'),
  'renew-deadline': optional(duration, 'how long the leader tries to renew (10s)'),
  'lease-retry': optional(duration, 'how often candidates look (2s)'),
  'keepalive-timeout': optional(duration, 'how long a proxy keeps idle connections of clients (75s)'),
  'recover-after': optional(
    duration,
    'a pod that failed, and that nothing probes, gets another chance after so long (never)',
  ),
  'page-items': optional(whole(1, 10_000), 'objects on one page of a list (500)'),
  'link-latency': optional(duration, 'one way of the network between two machines (250 microseconds)'),
  'address-reuse': optional(
    choice(['late', 'soon']),
    'whether the address of a pod that has gone is given out again at once (late)',
  ),
  'streams-lists': optional(flag, 'whether API servers stream lists; else they come in pages (true)'),
  'keeps-config': optional(
    flag,
    'whether proxies keep their last good configuration for the next start (false)',
  ),
  'body-limit': optional(size, 'larger bodies of requests are refused by proxies with 413 (no limit)'),
  'public-ports': optional(
    flag,
    'clients connect to 80 and 443 in front of the proxies, which are told so (false)',
  ),
  'boot-time': optional(
    duration,
    'from the start of a process of ours until it runs, in virtual time; real ones take what they take (2s)',
  ),
} satisfies Readonly<Record<keyof typeof figureKnobs, Field<number | string | boolean | undefined>>>);

export const worldShape = record('the world at the beginning', {
  use: withDefault(
    some(placed(text('the name of an application'))),
    [],
    'applications that are deployed: `NAME` is apps/NAME.yaml in the folder of the scenario or in one above it',
  ),
  apply: withDefault(
    list(wordOr(fileName, manyOf)),
    [],
    'further manifests: files, or {file, count} for many copies of one',
  ),
  proxies: withDefault(whole(1, 6), 1, 'proxies behind the load balancer'),
  workers: withDefault(whole(1, 8), 2, 'workers of each proxy'),
  mode: withDefault(
    choice(['combined', 'split']),
    'combined',
    'combined: each proxy has its controller in the same process; split: controllers of their own, one of which leads',
  ),
  controllers: withDefault(whole(1, 4), 1, 'controllers in split mode'),
  'api-servers': withDefault(whole(1, 3), 1, 'replicas of the API server'),
  nodes: withDefault(whole(1, 6), 3, 'nodes that pods run on'),
  start: withDefault(
    choice(['warm', 'cold']),
    'warm',
    'warm: clients and steps begin once all Deployments are available, all routes are served, and nothing has moved for three seconds; cold: at once',
  ),
  figures: optional(figures, 'figures that differ from the usual ones'),
});
