// One backend to a Kong service and its upstream, with the annotations of the Kubernetes Service.
import type { Service, Upstream } from '../kong/entity.ts';
import { idOfName } from '../kong/ids.ts';
import { isIpv4, isIpv6 } from '../kong/schema/address.ts';
import type { Filled } from '../kong/schema/field.ts';
import { allowsSlowStart, readSlowStartMs, slowStartTag } from '../kong/slow-start.ts';
import {
  annotation,
  hasAnnotation,
  serviceUpstreamAnnotation,
  slowStartAnnotation,
  unsupportedServiceAnnotations,
} from '../kube/annotations.ts';
import type { Problem } from '../kube/problem.ts';
import type { KubeService, ServicePort } from '../kube/service.ts';
import { checked } from './check-entity.ts';
import { isTag, objectTags, unknownServiceTags, upstreamName } from './names.ts';
import type { TranslateOptions } from './options.ts';
import * as problems from './problems.ts';
import { AnnotationReader } from './route-annotations.ts';
import type { ServiceNeeds } from './service-needs.ts';
import type { Backend, PortReference, ServiceDraft, UpstreamPlan } from './translation.ts';
import { readUpstreamPolicy } from './upstream-policy.ts';
import { readUpstreamTls } from './upstream-tls.ts';

const serviceProtocols: readonly string[] = ['http', 'https', 'grpc', 'grpcs'];
const timeoutMsMax = 2_147_483_646;

/** By number, by name, or the only one there is; null when there is none such. */
export function findPort(service: KubeService, port: PortReference): ServicePort | null {
  const { ports } = service.spec;
  if (port.number !== null) return ports.find((entry) => entry.port === port.number) ?? null;
  if (port.name === '') return ports.length === 1 ? ports[0]! : null;
  return (
    ports.find((entry) => entry.name === port.name) ??
    ports.find((entry) => entry.targetPort === port.name) ??
    null
  );
}

export function describePorts(service: KubeService): string {
  const names = service.spec.ports.map((port) =>
    port.name === '' ? `${port.port}` : `${port.port} (${port.name})`,
  );
  return names.length === 0 ? 'none' : names.join(', ');
}

interface ServiceFields {
  readonly fields: Record<string, unknown>;
  readonly hostHeader: string | null;
  readonly problems: readonly Problem[];
}

function readAnnotations(source: KubeService): ServiceFields {
  const reader = new AnnotationReader(source);
  const protocol = annotation(source, 'protocol');
  if (protocol !== null) {
    if (serviceProtocols.includes(protocol.trim())) reader.fields['protocol'] = protocol.trim();
    else reader.bad('protocol', protocol, `one of ${serviceProtocols.join(', ')}`);
  }
  const path = annotation(source, 'path');
  if (path !== null) {
    if (path.startsWith('/')) reader.fields['path'] = path;
    else reader.bad('path', path, "a path that starts with '/'");
  }
  if (String(reader.fields['protocol'] ?? '').startsWith('grpc')) reader.fields['path'] = null;
  reader.integer('connect-timeout', 'connect_timeout', 1, timeoutMsMax);
  reader.integer('read-timeout', 'read_timeout', 1, timeoutMsMax);
  reader.integer('write-timeout', 'write_timeout', 1, timeoutMsMax);
  reader.integer('retries', 'retries', 0, 32_767);
  // Anything else than these two closes the service: see upstream-tls.ts.
  const verify = annotation(source, 'tls-verify')?.trim().toLowerCase();
  if (verify === 'true' || verify === 'false') reader.fields['tls_verify'] = verify === 'true';
  reader.integer('tls-verify-depth', 'tls_verify_depth', 0, 64);
  reader.list('tags', "free of '/' and control characters", isTag);
  for (const name of unsupportedServiceAnnotations)
    if (hasAnnotation(source, name)) reader.problems.push(problems.unsupportedAnnotation(source, name));
  return { fields: reader.fields, hostHeader: annotation(source, 'host-header'), problems: reader.problems };
}

/** An annotation that only the whole entity shows to be wrong (tls-verify on http) is taken back. */
function buildService(
  source: KubeService | null,
  base: Readonly<Record<string, unknown>>,
  fields: Record<string, unknown>,
  found: Problem[],
): Service | null {
  for (let tries = 0; tries < 16; tries++) {
    const result = checked('services', { ...base, ...fields });
    if (result.ok) return result.value;
    const blamed = result.error.find((error) => Object.hasOwn(fields, String(error.path[0])));
    if (blamed === undefined || source === null) return null;
    const field = String(blamed.path[0]);
    const name = field.replaceAll('_', '-');
    found.push(problems.badAnnotation(source, name, String(fields[field]), `accepted (${blamed.message})`));
    delete fields[field];
  }
  return null;
}

/** What the annotation adds to the tags of the upstream. */
function slowStartTags(source: KubeService | null, algorithm: unknown, found: Problem[]): readonly string[] {
  const text = source?.metadata.annotations[slowStartAnnotation]?.trim();
  if (source === null || text === undefined) return [];
  if (readSlowStartMs(text) === null) {
    found.push(problems.badAnnotation(source, slowStartAnnotation, text, 'a duration from 1s to 15m'));
    return [];
  }
  if (allowsSlowStart(String(algorithm ?? 'round-robin'))) return [slowStartTag(text)];
  found.push(problems.idleSlowStart(source, slowStartAnnotation, String(algorithm)));
  return [];
}

function buildUpstream(
  source: KubeService | null,
  given: Filled & { readonly name: string },
  hostHeader: string | null,
  found: Problem[],
): Upstream | null {
  const base = { ...given, id: idOfName('upstreams', given.name) };
  const result = checked('upstreams', { ...base, host_header: hostHeader });
  if (result.ok) return result.value;
  if (hostHeader === null || source === null) return null;
  found.push(problems.badAnnotation(source, 'host-header', hostHeader, 'a host name'));
  const plain = checked('upstreams', base);
  return plain.ok ? plain.value : null;
}

/** Names and addresses of this host and its link, in every way that a resolver reads them. */
function isOwnHost(name: string): boolean {
  const host = name.toLowerCase().replace(/\.$/, '');
  if (
    ['localhost', 'ip6-localhost', 'ip6-loopback'].includes(host) ||
    host.endsWith('.localhost') ||
    host.endsWith('.localdomain')
  )
    return true;
  // A last label that is a number makes it an address: '127.1' and '2130706433' are 127.0.0.1 to a resolver.
  if (/(^|\.)(\d+|0x[0-9a-f]*)$/.test(host)) return !isIpv4(host) || /^(0|127|169\.254)\./.test(host);
  return isIpv6(host) && /^(::|fe[89ab]|0{1,4}:)/.test(host);
}

function planTargets(
  source: KubeService | null,
  backend: Backend,
  upstream: string,
  options: TranslateOptions,
  found: Problem[],
): { readonly plan: UpstreamPlan; readonly port: number } {
  const serviceKey = `${backend.namespace}/${backend.service}`;
  const none = { upstream, serviceKey, port: null, fixed: [] };
  if (source === null) return { plan: none, port: backend.port.number ?? 80 };
  if (source.spec.type === 'ExternalName') {
    const { number } = backend.port;
    if (isOwnHost(source.spec.externalName)) {
      found.push(problems.ownHostExternalName(source, source.spec.externalName));
      return { plan: none, port: 80 };
    }
    if (number === null || source.spec.externalName === '') return { plan: none, port: 80 };
    return { plan: { ...none, fixed: [`${source.spec.externalName}:${number}`] }, port: number };
  }
  const port = findPort(source, backend.port);
  if (port === null) return { plan: none, port: 80 };
  if (source.metadata.annotations[serviceUpstreamAnnotation] === 'true') {
    const domain = options.clusterDomain === '' ? '' : `.${options.clusterDomain}`;
    const host = `${backend.service}.${backend.namespace}.svc${domain}`;
    return { plan: { ...none, fixed: [`${host}:${port.port}`] }, port: port.port };
  }
  return { plan: { ...none, port }, port: port.port };
}

/** null: not even the names are acceptable to the gateway. */
export function draftService(
  source: KubeService | null,
  backend: Backend,
  hasPath: boolean,
  needs: ServiceNeeds,
  options: TranslateOptions,
): ServiceDraft | null {
  const found: Problem[] = [];
  const tags = source === null ? unknownServiceTags : objectTags(source);
  const read = source === null ? null : readAnnotations(source);
  if (read !== null) found.push(...read.problems);
  const host = upstreamName(backend.namespace, backend.service, backend.port);
  if (source !== null && needs.policy === undefined)
    found.push(problems.missingPolicy(source, annotation(source, 'upstream-policy') ?? ''));
  const policy = needs.policy ? readUpstreamPolicy(needs.policy).fields : {};
  const ownTags = [...tags, ...slowStartTags(source, policy['algorithm'], found)];
  const upstream = buildUpstream(
    source,
    { name: host, tags: ownTags, ...policy },
    read?.hostHeader ?? null,
    found,
  );
  if (upstream === null) return null;
  const { plan, port } = planTargets(source, backend, upstream.id, options, found);
  const base = {
    id: idOfName('services', backend.key),
    name: backend.key,
    host,
    port,
    path: hasPath ? '/' : null,
    protocol: 'http',
    tags,
  };
  const protocol = String(read?.fields['protocol'] ?? base.protocol);
  const tls = source === null ? null : readUpstreamTls(source, needs, protocol);
  const service = buildService(source, { ...base, ...tls?.fields }, { ...read?.fields }, found);
  if (service === null) return null;
  found.push(...(tls?.problems ?? []));
  const isClosed = (tls?.problems.length ?? 0) > 0;
  return { service, upstream, plan, tls: tls?.entities ?? [], isClosed, problems: found };
}
