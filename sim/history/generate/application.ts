// An application as tenants run them: a Deployment, its Service, an Ingress, and what belongs to it: a certificate, a
// plugin, a consumer with a key. As data first, then as Kubernetes objects.
import type { StoredObject } from '../../cluster/store-api.ts';
import { slowStartAnnotation } from '../../reference/balancing.ts';
import { zoneAnnotation } from '../../reference/objects.ts';
import { type KeyPairName, keyPairs } from '../../world/key-pairs.ts';
import type { PlannedObject } from '../plan.ts';

export type PluginName = 'none' | 'key-auth' | 'cors' | 'request-transformer' | 'rate-limiting';

export type Balancing =
  | 'round-robin'
  | 'hash'
  | 'least-connections'
  | 'latency'
  /** Answers are watched, and many are wrong. */
  | 'checked'
  /** Answers are watched, and are right unless a fault has it otherwise. */
  | 'watched'
  /** As 'checked', and with half of the pods out nobody is asked. */
  | 'breaker'
  /** Gateways ask the pods. */
  | 'probed'
  | 'sticky';

/** Where gateways probe; the pod has no such path of its own, so it answers as it answers requests. */
export const probedPath = '/probed';

/** What is hashed where requests are. */
export const affinityHeader = 'x-affinity';

export interface Application {
  readonly namespace: string;
  readonly name: string;
  readonly version: number;
  readonly replicas: number;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  readonly drain: 'serves' | 'closes-listener' | 'closes-idle' | 'resets' | 'ignores-term';
  readonly drainMs: number;
  readonly drainUnready: boolean;
  readonly latencyMsMax: number;
  /** How long gateways wait for a connection, an answer, or room to write; 0 = as long as they do by themselves. */
  readonly timeoutMs: number;
  readonly probeSeconds: number;
  readonly gracePeriodSeconds: number;
  readonly host: string;
  readonly path: string;
  readonly pathType: 'Prefix' | 'Exact' | 'ImplementationSpecific';
  /** The Service's port is named where this is true, and the Ingress speaks of the name. */
  readonly namesPort: boolean;
  /** '' = no TLS. */
  readonly keyPair: KeyPairName | '';
  readonly plugin: PluginName;
  /** How its Service wants requests spread; 'round-robin' is said by no policy. */
  readonly balancing: Balancing;
  /** Its Service is an ExternalName: its pods are found by a name of DNS (sim/world/names.ts). */
  readonly isOutside?: boolean;
  /** Its Service wants pods that are new to begin slowly; 0, and where nothing is said: it does not. */
  readonly slowStartSeconds?: number;
  /** Its Service wants requests to stay in their zone; '' = it does not care. */
  readonly trafficDistribution?: '' | 'PreferClose' | 'PreferSameZone';
}

export const containerPort = 8080;
export const servicePort = 80;
/** What clients of an application with key-auth send. */
export const keyOf = ({ namespace, name }: Pick<Application, 'namespace' | 'name'>): string =>
  `key-${namespace}-${name}`;

const labelsOf = ({ name }: Application): Record<string, string> => ({ app: name });

export function podTemplate(app: Application): Readonly<Record<string, unknown>> {
  const env = {
    POD_LATENCY_MS: app.latencyMsMax <= 1 ? '1' : `1-${app.latencyMsMax}`,
    POD_DRAIN: app.drain,
    POD_DRAIN_MS: String(app.drainMs),
    POD_DRAIN_UNREADY: String(app.drainUnready),
    // Something for the checks to find.
    ...(app.balancing === 'checked' || app.balancing === 'breaker' ? { POD_ERROR_RATE: '0.4' } : {}),
  };
  return {
    metadata: { labels: { ...labelsOf(app), version: `v${app.version}` } },
    spec: {
      terminationGracePeriodSeconds: app.gracePeriodSeconds,
      containers: [
        {
          name: 'app',
          image: `example.com/${app.name}:v${app.version}`,
          ports: [{ name: 'http', containerPort }],
          env: Object.entries(env).map(([name, value]) => ({ name, value })),
          readinessProbe: {
            httpGet: { path: '/healthz', port: 'http' },
            periodSeconds: app.probeSeconds,
            failureThreshold: 2,
          },
        },
      ],
    },
  };
}

export function deploymentOf(app: Application): StoredObject {
  const { namespace, name } = app;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name, labels: labelsOf(app) },
    spec: {
      replicas: app.replicas,
      selector: { matchLabels: labelsOf(app) },
      strategy: { rollingUpdate: { maxSurge: app.maxSurge, maxUnavailable: app.maxUnavailable } },
      template: podTemplate(app),
    },
  };
}

function timeouts({ timeoutMs }: Application): Record<string, string> {
  const names = ['connect-timeout', 'read-timeout', 'write-timeout'];
  return Object.fromEntries(names.map((name) => [`konghq.com/${name}`, String(timeoutMs)]));
}

export const policyNameOf = ({ name }: Application): string => `${name}-balancing`;

const policySpecs: Readonly<Record<Exclude<Balancing, 'round-robin'>, Readonly<Record<string, unknown>>>> = {
  hash: { algorithm: 'consistent-hashing', hashOn: { header: affinityHeader }, slots: 2_000 },
  'least-connections': { algorithm: 'least-connections' },
  latency: { algorithm: 'latency' },
  checked: { healthchecks: { passive: { unhealthy: { httpFailures: 2 } } } },
  watched: { healthchecks: { passive: { unhealthy: { httpFailures: 2 } } } },
  breaker: { healthchecks: { threshold: 50, passive: { unhealthy: { httpFailures: 2 } } } },
  probed: {
    healthchecks: {
      active: {
        type: 'http',
        httpPath: probedPath,
        timeout: 1,
        healthy: { interval: 1, successes: 2 },
        unhealthy: { interval: 1, httpFailures: 2, tcpFailures: 2, timeouts: 2 },
      },
    },
  },
  sticky: { algorithm: 'sticky-sessions', hashOn: { input: 'none' }, stickySessions: { cookie: 'at' } },
};

function policyObjects(app: Application): readonly [string, StoredObject][] {
  if (app.balancing === 'round-robin') return [];
  const object: StoredObject = {
    apiVersion: 'configuration.konghq.com/v1beta1',
    kind: 'KongUpstreamPolicy',
    metadata: { namespace: app.namespace, name: policyNameOf(app) },
    spec: policySpecs[app.balancing],
  };
  return [['kongupstreampolicies.configuration.konghq.com', object]];
}

export function serviceOf(app: Application): StoredObject {
  const { namespace, name } = app;
  const port = { port: servicePort, targetPort: 'http', ...(app.namesPort ? { name: 'web' } : {}) };
  const annotations = {
    ...(app.timeoutMs === 0 ? {} : timeouts(app)),
    ...(app.balancing === 'round-robin' ? {} : { 'konghq.com/upstream-policy': policyNameOf(app) }),
    ...slowStart(app),
  };
  const isPlain = Object.keys(annotations).length === 0;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name, ...(isPlain ? {} : { annotations }) },
    spec:
      app.isOutside === true
        ? { type: 'ExternalName', externalName: outsideName(app), ports: [port] }
        : { selector: labelsOf(app), ports: [port], ...nearby(app) },
  };
}

/** Not where health is checked: there pods that are well again begin slowly too. */
const startsSlowly: ReadonlySet<Balancing> = new Set(['round-robin', 'least-connections', 'latency']);

function slowStart({ balancing, slowStartSeconds = 0 }: Application): Record<string, string> {
  const isWanted = slowStartSeconds > 0 && startsSlowly.has(balancing);
  return isWanted ? { [slowStartAnnotation]: `${slowStartSeconds}s` } : {};
}

const nearby = ({ trafficDistribution = '' }: Application): { readonly trafficDistribution?: string } =>
  trafficDistribution === '' ? {} : { trafficDistribution };

/** What DNS calls the pods of a Deployment. */
export const outsideName = ({ namespace, name }: Pick<Application, 'namespace' | 'name'>): string =>
  `${name}.${namespace}.outside.example`;

export const secretNameOf = ({ name }: Application): string => `${name}-tls`;
export const credentialNameOf = ({ name }: Application): string => `${name}-credential`;
export const pluginNameOf = ({ name, plugin }: Application): string => `${name}-${plugin}`;

export function ingressOf(app: Application): StoredObject {
  const { namespace, name, host, path, pathType } = app;
  const port = app.namesPort ? { name: 'web' } : { number: servicePort };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      namespace,
      name,
      annotations: app.plugin === 'none' ? {} : { 'konghq.com/plugins': pluginNameOf(app) },
    },
    spec: {
      ingressClassName: 'kong',
      ...(app.keyPair === '' ? {} : { tls: [{ hosts: [host], secretName: secretNameOf(app) }] }),
      rules: [{ host, http: { paths: [{ path, pathType, backend: { service: { name, port } } }] } }],
    },
  };
}

export function tlsSecretOf(app: Application, keyPair: KeyPairName): StoredObject {
  const encoded = (text: string): string => Buffer.from(text).toString('base64');
  const { cert, key } = keyPairs[keyPair];
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: app.namespace, name: secretNameOf(app) },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': encoded(cert), 'tls.key': encoded(key) },
  };
}

const pluginConfigs: Readonly<Record<Exclude<PluginName, 'none'>, Readonly<Record<string, unknown>>>> = {
  'key-auth': { key_names: ['apikey'] },
  cors: { origins: ['https://front.example'] },
  'request-transformer': { add: { headers: ['x-transformed:yes'] } },
  'rate-limiting': { minute: 100_000, policy: 'local' },
};

function pluginObjects(app: Application): readonly [string, StoredObject][] {
  const { namespace, name, plugin } = app;
  if (plugin === 'none') return [];
  const made: [string, StoredObject][] = [
    [
      'kongplugins.configuration.konghq.com',
      {
        apiVersion: 'configuration.konghq.com/v1',
        kind: 'KongPlugin',
        metadata: { namespace, name: pluginNameOf(app) },
        plugin,
        config: pluginConfigs[plugin],
      },
    ],
  ];
  if (plugin !== 'key-auth') return made;
  const secret = credentialNameOf(app);
  made.push([
    'secrets',
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace, name: secret, labels: { 'konghq.com/credential': 'key-auth' } },
      data: { key: Buffer.from(keyOf(app)).toString('base64') },
    },
  ]);
  made.push([
    'kongconsumers.configuration.konghq.com',
    {
      apiVersion: 'configuration.konghq.com/v1',
      kind: 'KongConsumer',
      metadata: { namespace, name, annotations: { 'kubernetes.io/ingress.class': 'kong' } },
      username: `${namespace}-${name}`,
      credentials: [secret],
      consumerGroups: [name],
    },
  ]);
  made.push([
    'kongconsumergroups.configuration.konghq.com',
    {
      apiVersion: 'configuration.konghq.com/v1beta1',
      kind: 'KongConsumerGroup',
      metadata: { namespace, name, annotations: { 'kubernetes.io/ingress.class': 'kong' } },
    },
  ]);
  return made;
}

export function objectsOf(app: Application): readonly PlannedObject[] {
  const all: (readonly [string, StoredObject])[] = [
    ['deployments.apps', deploymentOf(app)],
    ...policyObjects(app),
    ['services', serviceOf(app)],
    ...pluginObjects(app),
    ...(app.keyPair === '' ? [] : [['secrets', tlsSecretOf(app, app.keyPair)] as const]),
    ['ingresses.networking.k8s.io', ingressOf(app)],
  ];
  return all.map(([resource, object]) => ({
    id: `${resource} ${object.metadata.namespace}/${object.metadata.name}`,
    resource,
    object,
  }));
}

export const classObject: PlannedObject = {
  id: 'ingressclasses.networking.k8s.io kong',
  resource: 'ingressclasses.networking.k8s.io',
  object: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'kong' },
    spec: { controller: 'ingress-controllers.konghq.com/kong' },
  },
};

/** With the zone of the gateways, for whoever reads what is to be expected. */
export function classIn(zone: string): PlannedObject {
  if (zone === '') return classObject;
  const { object } = classObject;
  const metadata = { ...object.metadata, annotations: { [zoneAnnotation]: zone } };
  return { ...classObject, object: { ...object, metadata } };
}

export function namespaceObject(name: string): PlannedObject {
  return {
    id: `namespaces ${name}`,
    resource: 'namespaces',
    object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
  };
}
