// Puts a bundle together: objects, events, two looks at the metrics of every gateway, the ends of logs.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { watchedKinds } from '../../kube/kinds.ts';
import type { KubeObject } from '../../kube/object.ts';
import type { HttpClient } from '../../ports/http.ts';
import { productVersion } from '../version.ts';
import { cleanObject, replaceWith } from './clean.ts';
import { type Bundle, bundleFormat, bundleVersion, type GatewayState, limits } from './format.ts';
import { ratesOf } from './rates.ts';
import {
  configIdIn,
  type Gateway,
  gatewayAt,
  gatewayInPod,
  kubernetesVersion,
  listAll,
  readMetrics,
  readText,
} from './sources.ts';

export interface GatherOptions {
  readonly api: HttpClient;
  /** Empty = all. */
  readonly namespaces: readonly string[];
  /** Pages of gateways, beside those whose pods are found. */
  readonly gatewayUrls: readonly string[];
  /** Where our own pods are: namespace and label. */
  readonly pods: { readonly namespace: string; readonly label: string };
  readonly statusPort: number;
  readonly logFiles: readonly string[];
  /** How long requests are counted. */
  readonly seconds: number;
  readonly pause: (ms: number) => Promise<void>;
  readonly nowText: () => string;
}

interface ReadKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly path: string;
  readonly namespaced: boolean;
}

const workloadKinds: readonly ReadKind[] = ['Deployment', 'StatefulSet', 'DaemonSet'].map((kind) => ({
  apiVersion: 'apps/v1',
  kind,
  path: `/apis/apps/v1/${kind.toLowerCase()}s`,
  namespaced: true,
}));

/** Secrets of these types are of no use to a gateway. */
const uselessSecrets: ReadonlySet<string> = new Set([
  'kubernetes.io/service-account-token',
  'helm.sh/release.v1',
  'bootstrap.kubernetes.io/token',
  'kubernetes.io/dockercfg',
  'kubernetes.io/dockerconfigjson',
]);

/** '/api/v1/namespaces/shop/services' of '/api/v1/services'. */
const inNamespace = (path: string, namespace: string): string =>
  path.replace(/\/([^/]+)$/, `/namespaces/${encodeURIComponent(namespace)}/$1`);

const isUseful = (object: KubeObject): boolean =>
  object.kind !== 'Secret' || !uselessSecrets.has(String((object as { type?: unknown }).type));

async function objectsOf(
  { api, namespaces }: GatherOptions,
  missing: string[],
): Promise<readonly KubeObject[]> {
  const replace = replaceWith(randomBytes(32));
  const objects: KubeObject[] = [];
  for (const kind of [...watchedKinds, ...workloadKinds]) {
    const paths =
      kind.namespaced && namespaces.length > 0
        ? namespaces.map((namespace) => inNamespace(kind.path, namespace))
        : [kind.path];
    for (const path of paths) {
      const { apiVersion, kind: name } = kind;
      const listed = await listAll(api, path, { apiVersion, kind: name });
      if (listed.missing !== '') missing.push(listed.missing);
      objects.push(...listed.objects.filter(isUseful).map((object) => cleanObject(object, replace)));
    }
  }
  return objects;
}

async function eventsOf({ api, namespaces }: GatherOptions, missing: string[]): Promise<readonly unknown[]> {
  const paths =
    namespaces.length === 0
      ? ['/api/v1/events']
      : namespaces.map((name) => `/api/v1/namespaces/${name}/events`);
  const all: KubeObject[] = [];
  for (const path of paths) {
    const listed = await listAll(api, path, { apiVersion: 'v1', kind: 'Event' });
    if (listed.missing !== '') missing.push(listed.missing);
    all.push(...listed.objects);
  }
  const events = all as unknown as readonly Readonly<Record<string, unknown>>[];
  return events
    .toSorted((a, b) => (String(a['lastTimestamp']) < String(b['lastTimestamp']) ? 1 : -1))
    .slice(0, limits.events)
    .map(({ involvedObject, type, reason, message, count, firstTimestamp, lastTimestamp, source }) => ({
      involvedObject,
      type,
      reason,
      message,
      count,
      firstTimestamp,
      lastTimestamp,
      source,
    }));
}

interface OwnPod {
  readonly name: string;
  readonly address: string;
}

async function podsOf({ api, pods }: GatherOptions): Promise<readonly OwnPod[]> {
  const path = `/api/v1/namespaces/${pods.namespace}/pods`;
  const [name, value] = pods.label.split('=');
  const listed = await listAll(api, path, { apiVersion: 'v1', kind: 'Pod' });
  return listed.objects
    .filter(({ metadata }) => metadata.labels?.[name!] === value)
    .map((pod) => {
      const { podIP } = (pod as { readonly status?: { readonly podIP?: string } }).status ?? {};
      return { name: pod.metadata.name, address: podIP ?? '' };
    });
}

/** A pod of the embedded cluster is on this machine, and its API server reaches no pods. */
function gatewayOf({ api, pods, statusPort }: GatherOptions, { name, address }: OwnPod): Gateway {
  if (address.startsWith('127.')) return gatewayAt(`http://${address}:${statusPort}`);
  return gatewayInPod(api, { namespace: pods.namespace, name }, statusPort);
}

const tailOf = (text: string): readonly string[] =>
  text.slice(-limits.logBytes).trimEnd().split('\n').slice(-limits.logLines);

async function logsOf(
  options: GatherOptions,
  pods: readonly OwnPod[],
  missing: string[],
): Promise<Bundle['logs']> {
  const logs: { source: string; lines: readonly string[] }[] = [];
  for (const file of options.logFiles)
    try {
      logs.push({ source: file, lines: tailOf(readFileSync(file, 'utf8')) });
    } catch (error) {
      missing.push(`${file}: ${(error as Error).message}`);
    }
  for (const { name: pod } of pods) {
    const path = `/api/v1/namespaces/${options.pods.namespace}/pods/${pod}/log?tailLines=${limits.logLines}`;
    const reply = await readText(options.api, path, limits.logBytes);
    if (reply.status !== 200) missing.push(`log of ${pod}: ${reply.error}`);
    else logs.push({ source: pod, lines: tailOf(reply.text) });
  }
  return logs;
}

interface Observed {
  readonly states: readonly GatewayState[];
  readonly rates: Bundle['rates'];
}

async function observe(gateways: readonly Gateway[], options: GatherOptions): Promise<Observed> {
  const before = await Promise.all(gateways.map(readMetrics));
  if (gateways.length > 0) await options.pause(options.seconds * 1000);
  const after = await Promise.all(gateways.map(readMetrics));
  const looks = after.map(({ text }, index) => [before[index]!.text, text] as const);
  return {
    states: gateways.map(({ name }, index) => ({
      url: name,
      configId: configIdIn(after[index]!.text),
      metrics: after[index]!.text,
      missing: after[index]!.error,
    })),
    rates: ratesOf(looks, options.seconds),
  };
}

export async function gatherBundle(options: GatherOptions): Promise<Bundle> {
  const missing: string[] = [];
  const objects = await objectsOf(options, missing);
  const pods = await podsOf(options);
  const gateways = [...options.gatewayUrls.map(gatewayAt), ...pods.map((pod) => gatewayOf(options, pod))];
  if (gateways.length === 0)
    missing.push('no gateway was found, so nothing is known of requests: give --gateway URL');
  const { states, rates } = await observe(gateways, options);
  for (const gateway of gateways) gateway.close();
  for (const { url, missing: why } of states) if (why !== '') missing.push(`${url}/metrics: ${why}`);
  return {
    format: bundleFormat,
    version: bundleVersion,
    collectedAt: options.nowText(),
    versions: {
      tidegate: productVersion(),
      node: process.version,
      kubernetes: await kubernetesVersion(options.api),
    },
    objects,
    events: await eventsOf(options, missing),
    gateways: states,
    observedSeconds: options.seconds,
    rates,
    logs: await logsOf(options, pods, missing),
    missing,
  };
}
