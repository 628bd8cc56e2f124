// Schema of routes; expression-route.ts adds what the flavour expressions has more.
import { checkRegex } from '../regex.ts';
import type { EntitySchema, Filled, Report } from './field.ts';
import * as messages from './messages.ts';
import { normalForm } from './path-forms.ts';
import { commonFields, protocols } from './shared-fields.ts';
import { checkName, checkPath, checkRouteHost, checkWildcardServerName } from './text.ts';

const exclusive: readonly (readonly string[])[] = [
  ['http', 'https'],
  ['tcp', 'tls', 'udp'],
  ['tls_passthrough'],
  ['grpc', 'grpcs'],
];
const tlsProtocols = ['grpcs', 'https', 'tls', 'tls_passthrough'];

function checkRoutePath(path: string): string | null {
  if (!/^~?\//.test(path)) return 'should start with: / (fixed path) or ~/ (regex path)';
  if (path.includes('//')) return 'must not have empty segments';
  if (path.startsWith('~')) {
    const problem = checkRegex(path.slice(1));
    return problem === null ? null : `invalid regex: '${path.slice(1)}' (${problem})`;
  }
  // Any characters will do. Only where they are those of a path are its escapes looked at, as in Kong.
  const problem = checkPath(path);
  if (problem !== null && !problem.startsWith('invalid path')) return problem;
  const normal = normalForm(path);
  return normal === path ? null : `non-normalized path, consider use '${normal}' instead`;
}

function checkHeaderKey(name: string): string | null {
  if (name.toLowerCase() === 'host')
    return "cannot contain 'host' header, which must be specified in the 'hosts' attribute";
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)
    ? null
    : `bad header name '${name}', allowed characters are A-Z, a-z, 0-9, '_', and '-'`;
}

function checkHeaderValue(value: string): string | null {
  if (!value.startsWith('~*')) return null;
  const problem = checkRegex(value.slice(2));
  return problem === null ? null : `invalid regex: '${value.slice(2)}' (${problem})`;
}

/** What a route of this protocol may be matched by, in the order of Kong's sentence. */
const matchers: Readonly<Record<string, readonly string[]>> = {
  http: ['methods', 'hosts', 'headers', 'paths'],
  https: ['methods', 'hosts', 'headers', 'paths', 'snis'],
  grpc: ['hosts', 'headers', 'paths'],
  grpcs: ['hosts', 'headers', 'paths', 'snis'],
  tcp: ['sources', 'destinations', 'snis'],
  udp: ['sources', 'destinations', 'snis'],
  tls: ['sources', 'destinations', 'snis'],
  tls_passthrough: ['snis'],
};

export function isSet(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value === 'string') return value !== '';
  if (typeof value !== 'object') return true;
  return Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0;
}

/** What routes of a protocol (the first that is one) cannot have. Addresses go with expressions for every protocol. */
function reportForbidden(value: Filled, protocol: string, takesAddresses: boolean, report: Report): void {
  const isHttp = protocol.startsWith('http');
  const isGrpc = protocol.startsWith('grpc');
  const addresses = takesAddresses ? [] : ['sources', 'destinations'];
  const streamless = ['methods', 'hosts', 'paths', 'headers'];
  const forbidden = isHttp ? addresses : isGrpc ? ['methods', ...addresses] : streamless;
  const names = isHttp
    ? "'http' or 'https'"
    : isGrpc
      ? "'grpc' or 'grpcs'"
      : "'tcp', 'tls', 'tls_passthrough' or 'udp'";
  if (protocol === '') return;
  for (const field of forbidden)
    if (value[field] !== null) report([field], `cannot set '${field}' when 'protocols' is ${names}`);
  if (isGrpc && value['strip_path'] === true)
    report(['strip_path'], `cannot set 'strip_path' when 'protocols' is ${names}`);
}

/** `others`: what may take the place of the attributes that a route needs one of. */
export function crossCheckRoute(
  value: Filled,
  report: Report,
  isRight: (field: string) => boolean,
  others: readonly string[],
): void {
  const given: readonly unknown[] = Array.isArray(value['protocols']) ? value['protocols'] : [];
  const used = given.filter((protocol): protocol is string => typeof protocol === 'string');
  const first = used.find((protocol) => Object.hasOwn(matchers, protocol)) ?? '';
  reportForbidden(value, first, others.length > 0, report);
  if (!isRight('protocols')) return;
  const groups = [...new Set(used.map((protocol) => exclusive.find((group) => group.includes(protocol))!))];
  if (groups.length > 1) {
    const sets = groups.map((group) => `(${group.map((name) => `'${name}'`).join(', ')})`).join(', ');
    report(['protocols'], `these sets are mutually exclusive: ${sets}`);
    return;
  }
  if (groups[0]!.includes('tcp') || groups[0]!.includes('tls_passthrough'))
    report(['protocols'], messages.notSupported(`protocol '${used[0]}'`, 'use http, https, grpc or grpcs'));
  if (isSet(value['snis']) && !used.some((protocol) => tlsProtocols.includes(protocol))) {
    report(['snis'], messages.lengthIs(0));
    report(
      ['@entity'],
      "'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'",
    );
  }
  const group = groups[0]!;
  const strictest =
    used.includes('https') || used.includes('grpcs') || used.includes('tls')
      ? used.find((protocol) => ['https', 'grpcs', 'tls'].includes(protocol))!
      : used[0]!;
  const needed = [...matchers[strictest]!, ...others];
  if (needed.some((field) => isSet(value[field]))) return;
  const fields = needed.map((name) => `'${name}'`).join(', ');
  if (group.includes('tls_passthrough'))
    report(['@entity'], "must set snis when 'protocols' is 'tls_passthrough'");
  else if (group.includes('tcp'))
    report(['@entity'], `must set one of ${fields} when 'protocols' is 'tcp', 'tls' or 'udp'`);
  else report(['@entity'], `must set one of ${fields} when 'protocols' is '${strictest}'`);
}

const addressSet = {
  type: 'set',
  elements: {
    type: 'record',
    fields: {
      ip: { type: 'string', docs: 'Address or range.' },
      port: { type: 'integer', between: [0, 65_535], docs: 'Port.' },
    },
    docs: 'An address.',
  },
} as const;

/** Routes for gRPC keep their paths. */
function expandRoute(raw: Filled): Filled {
  const { protocols: used, strip_path: strips } = raw;
  const isGrpc = Array.isArray(used) && used.some((protocol) => protocol === 'grpc' || protocol === 'grpcs');
  return isGrpc && (strips === undefined || strips === null) ? { ...raw, strip_path: false } : raw;
}

export const routeSchema: EntitySchema = {
  endpointKey: 'name',
  unique: ['name'],
  expand: expandRoute,
  fields: {
    ...commonFields,
    name: { type: 'string', check: checkName, docs: 'Unique name.' },
    protocols: {
      type: 'set',
      lengthMin: 1,
      default: ['http', 'https'],
      required: true,
      elements: { type: 'string', oneOf: protocols, docs: 'A protocol.' },
      docs: 'Protocols that the route answers.',
    },
    https_redirect_status_code: {
      type: 'integer',
      oneOf: [426, 301, 302, 307, 308],
      default: 426,
      required: true,
      docs: 'Answer to plain HTTP where only https is in protocols.',
    },
    strip_path: {
      type: 'boolean',
      default: true,
      required: true,
      docs: 'Removes the matched path before proxying.',
    },
    preserve_host: {
      type: 'boolean',
      default: false,
      required: true,
      docs: "Sends the client's Host header to the upstream.",
    },
    request_buffering: { type: 'boolean', default: true, required: true, docs: 'Buffers request bodies.' },
    response_buffering: { type: 'boolean', default: true, required: true, docs: 'Buffers response bodies.' },
    service: { type: 'foreign', reference: 'services', docs: 'Where requests go.' },
    snis: {
      type: 'set',
      elements: { type: 'string', check: checkWildcardServerName, docs: 'A server name.' },
      docs: 'TLS server names; conditions on TLS connections only.',
    },
    sources: { ...addressSet, docs: 'Client addresses (stream routes).' },
    destinations: { ...addressSet, docs: 'Server addresses (stream routes).' },
    methods: {
      type: 'set',
      elements: { type: 'string', match: /^[A-Z]+$/, docs: 'A method.' },
      docs: 'Methods.',
    },
    hosts: {
      type: 'array',
      elements: { type: 'string', check: checkRouteHost, docs: 'A host.' },
      docs: "Hosts; '*' may stand for the first or last label, a port may follow.",
    },
    paths: {
      type: 'array',
      elements: { type: 'string', check: checkRoutePath, docs: 'A path.' },
      docs: "Path prefixes, or regular expressions after '~'.",
    },
    headers: {
      type: 'map',
      checkKey: checkHeaderKey,
      values: {
        type: 'array',
        elements: {
          type: 'string',
          check: checkHeaderValue,
          docs: "A value; '~*' starts a regular expression.",
        },
        docs: 'Accepted values.',
      },
      docs: 'Headers that must all be there.',
    },
    regex_priority: { type: 'integer', default: 0, docs: 'Orders regex paths; higher first.' },
    path_handling: {
      type: 'string',
      oneOf: ['v0', 'v1'],
      default: 'v0',
      docs: 'How service path and request path are joined; v1 is treated as v0.',
    },
  },
  crossCheck: (value, report, isRight) => crossCheckRoute(value, report, isRight, []),
};
