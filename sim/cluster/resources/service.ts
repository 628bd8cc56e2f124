// Services: ports, address allocation, and what is kept when an update leaves it out.
import type { FieldCause } from '../failure.ts';
import { fieldErrors } from '../field-error.ts';
import { arrayOf, isRecord, recordOf } from '../json.ts';
import { nameProblem } from '../object-names.ts';
import type { AdmissionContext } from '../resource.ts';
import type { StoredObject } from '../store-api.ts';
import type { KindRules } from './rules.ts';

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
/** 10.96.0.0/16 without .0.0 and the first ten, which are for services with fixed addresses. */
const addressesFirst = 11;
const addressesMax = 65_000;
const nodePortFirst = 30_000;
const nodePortLast = 32_767;

function addressOf(index: number): string {
  return `10.96.${index >> 8}.${index & 255}`;
}

function allServices(context: AdmissionContext): readonly StoredObject[] {
  return context.store.list('services');
}

function freeAddress(context: AdmissionContext): string {
  const used = new Set(allServices(context).map((service) => service.spec?.['clusterIP']));
  let index = addressesFirst;
  while (used.has(addressOf(index)) && index < addressesMax) index++;
  return addressOf(index);
}

function usedNodePorts(context: AdmissionContext): Set<unknown> {
  const used = new Set<unknown>();
  for (const service of allServices(context)) {
    for (const port of arrayOf(service.spec?.['ports'])) used.add(recordOf(port)['nodePort']);
  }
  return used;
}

function withAddresses(
  spec: Readonly<Record<string, unknown>>,
  previous: Readonly<Record<string, unknown>>,
  context: AdmissionContext,
): Record<string, unknown> {
  const next: Record<string, unknown> = { ...spec };
  if (spec['type'] === 'ExternalName') {
    for (const member of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) delete next[member];
    return next;
  }
  const kept = previous['clusterIP'];
  const given = spec['clusterIP'];
  if (given === undefined || given === '') next['clusterIP'] = kept ? kept : freeAddress(context);
  next['clusterIPs'] = [next['clusterIP']];
  next['ipFamilies'] ??= previous['ipFamilies'] ?? ['IPv4'];
  next['ipFamilyPolicy'] ??= previous['ipFamilyPolicy'] ?? 'SingleStack';
  next['internalTrafficPolicy'] ??= 'Cluster';
  return next;
}

function withPorts(
  spec: Readonly<Record<string, unknown>>,
  previous: Readonly<Record<string, unknown>>,
  context: AdmissionContext,
): unknown {
  const wantsNodePorts = spec['type'] === 'NodePort' || spec['type'] === 'LoadBalancer';
  const before = arrayOf(previous['ports']).map(recordOf);
  let used: Set<unknown> | null = null;
  return arrayOf(spec['ports']).map((item) => {
    const port = { ...recordOf(item) };
    if (spec['type'] !== 'ExternalName') port['targetPort'] ??= port['port'];
    if (!wantsNodePorts) {
      delete port['nodePort'];
      return port;
    }
    if (port['nodePort'] !== undefined && port['nodePort'] !== 0) return port;
    const kept = before.find((old) => old['port'] === port['port'] && old['protocol'] === port['protocol']);
    if (kept?.['nodePort'] !== undefined) return { ...port, nodePort: kept['nodePort'] };
    used ??= usedNodePorts(context);
    let nodePort = nodePortFirst;
    while (used.has(nodePort) && nodePort < nodePortLast) nodePort++;
    used.add(nodePort);
    return { ...port, nodePort };
  });
}

function portCauses(spec: Readonly<Record<string, unknown>>): FieldCause[] {
  const causes: FieldCause[] = [];
  const ports = arrayOf(spec['ports']).map(recordOf);
  const names = new Set<unknown>();
  for (const [index, { name, port, protocol, targetPort, nodePort }] of ports.entries()) {
    const field = `spec.ports[${index}]`;
    if (ports.length > 1 && (name === undefined || name === ''))
      causes.push(fieldErrors.required(`${field}.name`));
    if (typeof name === 'string' && name !== '') {
      const problem = nameProblem('label', name);
      if (problem !== null) causes.push(fieldErrors.invalid(`${field}.name`, name, problem));
      if (names.has(name)) causes.push(fieldErrors.duplicate(`${field}.name`, name));
      names.add(name);
    }
    const range = 'must be between 1 and 65535, inclusive';
    if (typeof port === 'number' && (port < 1 || port > 65535)) {
      causes.push(fieldErrors.invalid(`${field}.port`, port, range));
    }
    if (!['TCP', 'UDP', 'SCTP'].includes(String(protocol))) {
      causes.push(fieldErrors.unsupported(`${field}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']));
    }
    if (typeof targetPort === 'number' && (targetPort < 1 || targetPort > 65535)) {
      causes.push(fieldErrors.invalid(`${field}.targetPort`, targetPort, range));
    }
    if (typeof nodePort === 'number' && (nodePort < nodePortFirst || nodePort > nodePortLast)) {
      const why = `provided port is not in the valid range. The range of valid ports is ${nodePortFirst}-${nodePortLast}`;
      causes.push(fieldErrors.invalid(`${field}.nodePort`, nodePort, why));
    }
  }
  const seen = new Set<string>();
  for (const [index, { port, protocol }] of ports.entries()) {
    const key = `${protocol}/${port}`;
    if (seen.has(key)) causes.push(fieldErrors.duplicate(`spec.ports[${index}]`, { port, protocol }));
    seen.add(key);
  }
  return causes;
}

export const serviceRules: KindRules = {
  prepare(object, previous, context) {
    if (!isRecord(object.spec)) return object;
    const before = recordOf(previous?.spec);
    const spec = withAddresses(object.spec, before, context);
    if (object.spec['ports'] !== undefined) spec['ports'] = withPorts(object.spec, before, context);
    if (spec['type'] === 'NodePort' || spec['type'] === 'LoadBalancer') {
      spec['externalTrafficPolicy'] ??= 'Cluster';
      if (spec['type'] === 'LoadBalancer') spec['allocateLoadBalancerNodePorts'] ??= true;
    } else if (before['type'] !== spec['type']) delete spec['externalTrafficPolicy'];
    return { ...object, spec, status: object.status ?? { loadBalancer: {} } } as StoredObject;
  },
  validate(object, previous) {
    const { spec } = object;
    if (!isRecord(spec)) return [fieldErrors.required('spec')];
    const causes: FieldCause[] = [];
    if (!types.includes(String(spec['type']))) {
      causes.push(fieldErrors.unsupported('spec.type', spec['type'], types));
    }
    const headless = spec['clusterIP'] === 'None';
    if (arrayOf(spec['ports']).length === 0 && !headless && spec['type'] !== 'ExternalName') {
      causes.push(fieldErrors.required('spec.ports'));
    }
    if (spec['type'] === 'ExternalName') {
      const name = spec['externalName'];
      if (typeof name !== 'string' || name === '') causes.push(fieldErrors.required('spec.externalName'));
      else {
        const problem = nameProblem('subdomain', name.replace(/\.$/, ''));
        if (problem !== null) causes.push(fieldErrors.invalid('spec.externalName', name, problem));
      }
    }
    const before = previous?.spec;
    if (before?.['clusterIP'] && before['type'] !== 'ExternalName' && spec['type'] !== 'ExternalName') {
      if (before['clusterIP'] !== spec['clusterIP']) {
        const why = 'may not change once set';
        causes.push(fieldErrors.invalid('spec.clusterIPs[0]', spec['clusterIPs'], why));
      }
    }
    return [...causes, ...portCauses(spec)];
  },
};
