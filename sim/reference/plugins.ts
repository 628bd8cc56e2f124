// Which plugins stand before a backend, and whether a request may pass key-auth. A plugin that is asked for and cannot be
// used closes what asked for it: leaving it out could open a door.
import type { KubeObject } from '../../src/kube/object.ts';
import {
  all,
  annotationOf,
  type ClusterObjects,
  find,
  isOurs,
  oldestFirst,
  type PlainPlugin,
  secretValue,
} from './objects.ts';

export interface PluginsInForce {
  /** By kind: 'key-auth'. The closest one of a kind wins: route, then service, then global. */
  readonly plugins: ReadonlyMap<string, PlainPlugin>;
  /** Something asked for is missing or unknown. */
  readonly isClosed: boolean;
  /** False where something is used that this reference does not know. */
  readonly isKnown: boolean;
}

const known: ReadonlySet<string> = new Set(['cors', 'key-auth', 'rate-limiting', 'request-transformer']);
const observing = /^(?:prometheus|zipkin|opentelemetry|datadog|statsd|syslog|loggly)$|-log$/;

function namesOn(object: KubeObject): readonly string[] {
  return (annotationOf(object, 'konghq.com/plugins') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function lookUp(objects: ClusterObjects, namespace: string, name: string): PlainPlugin | null {
  const own = find(objects, 'kongplugins.configuration.konghq.com', namespace, name);
  if (own !== null) return own;
  const shared = find(objects, 'kongclusterplugins.configuration.konghq.com', '', name);
  return shared !== null && isOurs(objects, shared) ? shared : null;
}

export function pluginsInForce(
  objects: ClusterObjects,
  ingress: KubeObject,
  service: KubeObject | null,
): PluginsInForce {
  const plugins: Map<string, PlainPlugin> = new Map();
  let isClosed = false;
  let isKnown = true;
  const take = (plugin: PlainPlugin): void => {
    if (plugin.configFrom !== undefined || (plugin.configPatches ?? []).length > 0) isKnown = false;
    if (known.has(plugin.plugin)) {
      if (plugin.disabled !== true && !plugins.has(plugin.plugin)) plugins.set(plugin.plugin, plugin);
    } else if (!observing.test(plugin.plugin)) isClosed = true;
  };
  for (const holder of service === null ? [ingress] : [ingress, service])
    for (const name of namesOn(holder)) {
      const plugin = lookUp(objects, ingress.metadata.namespace ?? '', name);
      if (plugin === null) isClosed = true;
      else take(plugin);
    }
  for (const plugin of all(objects, 'kongclusterplugins.configuration.konghq.com'))
    if (plugin.metadata.labels?.['global'] === 'true' && isOurs(objects, plugin)) take(plugin);
  return { plugins, isClosed, isKnown };
}

/** Consumers that are ours; of several with one name the oldest. */
export function consumersInForce(objects: ClusterObjects) {
  const names = new Set<string>();
  return oldestFirst(all(objects, 'kongconsumers.configuration.konghq.com')).filter((consumer) => {
    const { username = '' } = consumer;
    if (!isOurs(objects, consumer) || names.has(username)) return false;
    if (username !== '') names.add(username);
    return true;
  });
}

/** Keys of all consumers that are ours. */
function validKeys(objects: ClusterObjects): ReadonlySet<string> {
  const keys: Set<string> = new Set();
  for (const consumer of consumersInForce(objects)) {
    for (const name of consumer.credentials ?? []) {
      const secret = find(objects, 'secrets', consumer.metadata.namespace ?? '', name);
      if (secret?.metadata.labels?.['konghq.com/credential'] !== 'key-auth') continue;
      const key = secretValue(secret, 'key');
      if (key !== null && key !== '') keys.add(key);
    }
  }
  return keys;
}

/** null: this reference does not know. `query`: without '?'. */
export function passesKeyAuth(
  objects: ClusterObjects,
  plugin: PlainPlugin,
  headers: Readonly<Record<string, string>>,
  query: string,
): boolean | null {
  const {
    key_names = ['apikey'],
    anonymous,
    key_in_body,
  } = (plugin.config ?? {}) as {
    readonly key_names?: readonly string[];
    readonly anonymous?: unknown;
    readonly key_in_body?: unknown;
  };
  if (anonymous !== undefined || key_in_body === true) return null;
  const keys = validKeys(objects);
  const sent = new URLSearchParams(query);
  for (const name of key_names) {
    const given =
      Object.entries(headers).find(([header]) => header.toLowerCase() === name.toLowerCase())?.[1] ??
      sent.get(name);
    if (given !== null) return keys.has(given);
  }
  return false;
}
