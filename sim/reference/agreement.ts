// Whether a config does what the objects of a moment ask for: compared by asking both the same questions, and by what
// each question leads to.
import type { GatewayConfig } from '../../src/kong/config.ts';
import type { Route } from '../../src/kong/entity.ts';
import { expectedCertificates } from './certificates.ts';
import { pluginsOn, routesFor, targetsOf } from './config-routing.ts';
import { expectedEndpoints } from './endpoints.ts';
import { all, type ClusterObjects } from './objects.ts';
import { consumersInForce } from './plugins.ts';
import { expectedRouting, type Resolution } from './routing.ts';

export interface Difference {
  /** 'shop.example/cart': what was asked for, or the thing itself. */
  readonly about: string;
  /** 'namespace/name' of the Ingress that the objects would have answer; '' when none. */
  readonly ingress: string;
  readonly message: string;
}

/** Hosts and paths worth asking for: all that some Ingress or some route names, and their neighbours. */
function questions(config: GatewayConfig, objects: ClusterObjects): readonly (readonly [string, string])[] {
  const hosts = new Set<string>(['nowhere.example']);
  const paths = new Set<string>(['/', '/nowhere']);
  const addPath = (path: string): void => {
    const plain = path.replace(/^~/, '').replace(/\$$/, '').replace(/\/+/g, '/');
    if (!/^\/[\w/-]*$/.test(plain)) return;
    const bare = plain.replace(/\/$/, '');
    for (const each of [plain, bare, `${bare}/`, `${bare}/x`, `${bare}x`]) if (each !== '') paths.add(each);
  };
  for (const { spec } of all(objects, 'ingresses.networking.k8s.io'))
    for (const { host, http } of spec?.rules ?? []) {
      if (host !== undefined) hosts.add(host.replace(/^\*/, 'any'));
      for (const { path } of http?.paths ?? []) addPath(path ?? '/');
    }
  for (const route of config.entities.routes.values()) {
    for (const host of route.hosts ?? []) hosts.add(host.replace(/^\*/, 'any'));
    for (const path of route.paths ?? []) addPath(path);
  }
  return [...hosts].flatMap((host) => [...paths].map((path) => [host, path] as const));
}

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index]);

const listed = (items: readonly string[]): string => (items.length === 0 ? 'none' : items.join(', '));

/** What is wrong with the answer that this route would give; null when nothing. */
function wrongWith(
  config: GatewayConfig,
  objects: ClusterObjects,
  route: Route,
  wanted: Resolution,
): string | null {
  const service = route.service === null ? undefined : config.entities.services.get(route.service);
  const { backend } = wanted;
  if (backend === null) return `leads to ${service?.name ?? 'a route without service'} instead of 404`;
  if (wanted.status === 503)
    return service === undefined ? null : 'is open although a plugin it asks for cannot be used';
  if (service === undefined) return 'is closed without a reason';
  const { namespace, service: name, port, outside } = backend;
  const tags = service.tags ?? [];
  const isRight = tags.includes(`k8s-namespace:${namespace}`) && tags.includes(`k8s-name:${name}`);
  if ((port ?? outside) !== null && !isRight)
    return `leads to ${service.name} instead of ${namespace}/${name}`;
  const endpoints =
    outside === null
      ? expectedEndpoints(objects, backend).map(({ address, port: number }) => `${address}:${number}`)
      : [outside];
  const targets = targetsOf(config, route);
  if (!sameList(endpoints.sort(), targets))
    return `has the targets ${listed(targets)} instead of ${listed(endpoints)}`;
  const kinds = new Set(pluginsOn(config, route).map((plugin) => plugin.name));
  const missing = wanted.plugins.filter((kind) => !kinds.has(kind));
  return missing.length === 0 ? null : `is without its plugin ${missing.join()}`;
}

function routingDifferences(config: GatewayConfig, objects: ClusterObjects): readonly Difference[] {
  const routing = expectedRouting(objects);
  return questions(config, objects).flatMap(([host, path]) => {
    const wanted = routing.resolveConfig({ scheme: 'https', host, path, method: 'GET', headers: {} });
    if (wanted === null) return [];
    const routes = routesFor(config, host, path);
    const about = `${host}${path}`;
    const { ingress } = wanted;
    if (routes.length === 0)
      return wanted.backend === null ? [] : [{ about, ingress, message: `${about} has no route` }];
    const wrong = routes.map((route) => wrongWith(config, objects, route, wanted));
    // Where Kong's order leaves it open which of several answers, one of them must be right.
    return wrong.includes(null) ? [] : [{ about, ingress, message: `${about} ${wrong[0]}` }];
  });
}

function certificateDifferences(config: GatewayConfig, objects: ClusterObjects): readonly Difference[] {
  const { snis, certificates } = config.entities;
  const shown = new Map(
    [...snis.values()].map(({ name, certificate }) => [
      name,
      certificates.get(certificate)?.cert.trim() ?? '',
    ]),
  );
  const wanted = expectedCertificates(objects);
  const found: Difference[] = [];
  for (const [name, { cert, secret }] of wanted)
    if (shown.get(name) !== cert)
      found.push({
        about: name,
        ingress: '',
        message: `${name} is not served with the certificate of Secret ${secret}`,
      });
  for (const name of shown.keys())
    if (!wanted.has(name))
      found.push({ about: name, ingress: '', message: `${name} has a certificate that no Ingress gives it` });
  return found;
}

/** Keys of consumers, as the objects say. */
function expectedKeys(objects: ClusterObjects): readonly string[] {
  const secrets = new Map(
    all(objects, 'secrets').map((secret) => [`${secret.metadata.namespace}/${secret.metadata.name}`, secret]),
  );
  const keys = consumersInForce(objects).flatMap(({ metadata, credentials }) =>
    (credentials ?? []).flatMap((name) => {
      const secret = secrets.get(`${metadata.namespace}/${name}`);
      if (secret?.metadata.labels?.['konghq.com/credential'] !== 'key-auth') return [];
      const key = secret.data?.['key'];
      return key === undefined ? [] : [Buffer.from(key, 'base64').toString('utf8')];
    }),
  );
  return [...new Set(keys)].sort();
}

function keyDifferences(config: GatewayConfig, objects: ClusterObjects): readonly Difference[] {
  const wanted = expectedKeys(objects);
  const has = [...config.entities.keyauth_credentials.values()].map(({ key }) => key).sort();
  if (sameList(has, wanted)) return [];
  return [
    { about: 'keys', ingress: '', message: `the keys are ${listed(has)} instead of ${listed(wanted)}` },
  ];
}

/** Empty: the config does what the objects ask for. */
export function differences(config: GatewayConfig, objects: ClusterObjects): readonly Difference[] {
  return [
    ...routingDifferences(config, objects),
    ...certificateDifferences(config, objects),
    ...keyDifferences(config, objects),
  ];
}
