// Ingresses and their classes: paths, backends and hosts as the API server checks them.
import type { FieldCause } from '../failure.ts';
import { fieldErrors } from '../field-error.ts';
import { arrayOf, isRecord, recordOf, sameJson } from '../json.ts';
import { nameProblem } from '../object-names.ts';
import type { KindRules } from './rules.ts';

const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];
const invalidInPath = ['//', '/./', '/../', '%2f', '%2F'];
const invalidPathEnds = ['/..', '/.'];
const ipAddress = /^(\d{1,3}\.){3}\d{1,3}$|:/;
const wildcardHost = /^\*(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/;
const wildcardWhy =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

function backendCauses(backend: unknown, field: string): FieldCause[] {
  const { service, resource } = recordOf(backend);
  if (service !== undefined && resource !== undefined) {
    return [fieldErrors.invalid(field, '', 'cannot set both resource and service backends')];
  }
  if (isRecord(resource)) return [];
  if (!isRecord(service)) return [fieldErrors.required(field, 'must specify one of: service, resource')];
  const causes: FieldCause[] = [];
  const { name } = service;
  const port = recordOf(service['port']);
  if (name === '' || name === undefined) causes.push(fieldErrors.required(`${field}.service.name`));
  else {
    const problem = nameProblem('label1035', String(name));
    if (problem !== null) causes.push(fieldErrors.invalid(`${field}.service.name`, name, problem));
  }
  const { number, name: portName } = port;
  if (number !== undefined && portName !== undefined) {
    causes.push(fieldErrors.invalid(field, '', 'cannot set both port name & port number'));
  } else if (portName === undefined && number === undefined) {
    causes.push(fieldErrors.required(field, 'port name or number is required'));
  } else if (typeof number === 'number' && (number < 1 || number > 65535)) {
    const why = 'must be between 1 and 65535, inclusive';
    causes.push(fieldErrors.invalid(`${field}.service.port.number`, number, why));
  }
  return causes;
}

function pathCauses(item: unknown, field: string): FieldCause[] {
  const { path, pathType, backend } = recordOf(item);
  const causes: FieldCause[] = [];
  if (pathType === undefined) {
    causes.push(fieldErrors.required(`${field}.pathType`, 'pathType must be specified'));
  } else if (!pathTypes.includes(String(pathType))) {
    causes.push(fieldErrors.unsupported(`${field}.pathType`, pathType, pathTypes));
  } else if (pathType === 'ImplementationSpecific') {
    if (typeof path === 'string' && path !== '' && !path.startsWith('/')) {
      causes.push(fieldErrors.invalid(`${field}.path`, path, 'must be an absolute path'));
    }
  } else if (typeof path !== 'string' || !path.startsWith('/')) {
    causes.push(fieldErrors.invalid(`${field}.path`, path ?? '', 'must be an absolute path'));
  } else {
    for (const part of invalidInPath) {
      if (path.includes(part))
        causes.push(fieldErrors.invalid(`${field}.path`, path, `must not contain '${part}'`));
    }
    for (const end of invalidPathEnds) {
      if (path.endsWith(end))
        causes.push(fieldErrors.invalid(`${field}.path`, path, `cannot end with '${end}'`));
    }
  }
  return [...causes, ...backendCauses(backend, `${field}.backend`)];
}

function hostCauses(host: unknown, field: string): FieldCause[] {
  if (typeof host !== 'string' || host === '') return [];
  if (ipAddress.test(host))
    return [fieldErrors.invalid(field, host, 'must be a DNS name, not an IP address')];
  if (host.includes('*')) {
    return wildcardHost.test(host) ? [] : [fieldErrors.invalid(field, host, wildcardWhy)];
  }
  const problem = nameProblem('subdomain', host);
  return problem === null ? [] : [fieldErrors.invalid(field, host, problem)];
}

export const ingressRules: KindRules = {
  validate(object) {
    const spec = recordOf(object.spec);
    const rules = arrayOf(spec['rules']);
    const causes: FieldCause[] = [];
    if (rules.length === 0 && spec['defaultBackend'] === undefined) {
      const why = 'either `defaultBackend` or `rules` must be specified';
      causes.push(fieldErrors.invalid('spec', rules, why));
    }
    if (spec['defaultBackend'] !== undefined) {
      causes.push(...backendCauses(spec['defaultBackend'], 'spec.defaultBackend'));
    }
    for (const [index, rule] of rules.entries()) {
      const field = `spec.rules[${index}]`;
      causes.push(...hostCauses(recordOf(rule)['host'], `${field}.host`));
      const http = recordOf(rule)['http'];
      if (!isRecord(http)) continue;
      const paths = arrayOf(http['paths']);
      if (paths.length === 0 && http['paths'] !== undefined) {
        causes.push(fieldErrors.required(`${field}.http.paths`));
      }
      for (const [position, path] of paths.entries()) {
        causes.push(...pathCauses(path, `${field}.http.paths[${position}]`));
      }
    }
    for (const [index, tls] of arrayOf(spec['tls']).entries()) {
      for (const [position, host] of arrayOf(recordOf(tls)['hosts']).entries()) {
        causes.push(...hostCauses(host, `spec.tls[${index}].hosts[${position}]`));
      }
    }
    const className = spec['ingressClassName'];
    if (typeof className === 'string') {
      const problem = nameProblem('subdomain', className);
      if (problem !== null) causes.push(fieldErrors.invalid('spec.ingressClassName', className, problem));
    }
    return causes;
  },
};

export const ingressClassRules: KindRules = {
  validate(object, previous) {
    const controller = recordOf(object.spec)['controller'];
    if (typeof controller !== 'string' || controller === '') return [fieldErrors.required('spec.controller')];
    const before = recordOf(previous?.spec)['controller'];
    if (previous !== null && !sameJson(before, controller)) {
      return [fieldErrors.invalid('spec.controller', controller, 'field is immutable')];
    }
    return [];
  },
};
