// Schemas of upstreams and their targets.
import type { EntitySchema, FieldSchema, Filled, Report } from './field.ts';
import * as messages from './messages.ts';
import { commonFields } from './shared-fields.ts';
import {
  checkCookieName,
  checkHeaderName,
  checkHostWithOptionalPort,
  checkPath,
  checkServerName,
  checkTimestamp,
  parseHostPort,
} from './text.ts';

const hashInputs = ['none', 'consumer', 'ip', 'header', 'cookie', 'path', 'query_arg', 'uri_capture'];
/** What may stand in for some inputs; in the order of Kong's sentences. */
const fallbacks: Readonly<Record<string, readonly string[]>> = {
  none: ['none'],
  cookie: ['none'],
  consumer: ['none', 'ip', 'header', 'cookie', 'path', 'query_arg', 'uri_capture'],
  ip: ['none', 'consumer', 'header', 'cookie', 'path', 'query_arg', 'uri_capture'],
  path: ['none', 'consumer', 'header', 'cookie', 'query_arg', 'ip', 'uri_capture'],
};
const checkTypes = ['tcp', 'http', 'https', 'grpc', 'grpcs'];
const okStatuses = [
  200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308,
];

function seconds(docs: string, byDefault: number): FieldSchema {
  return { type: 'number', between: [0, 65_535], default: byDefault, docs };
}

function counter(docs: string): FieldSchema {
  return { type: 'integer', between: [0, 255], default: 0, docs: `${docs}; 0 turns it off.` };
}

function statuses(docs: string, byDefault: readonly number[]): FieldSchema {
  const elements: FieldSchema = { type: 'integer', between: [100, 999], docs: 'A status.' };
  return { type: 'array', default: byDefault, elements, docs };
}

function record(docs: string, fields: Readonly<Record<string, FieldSchema>>): FieldSchema {
  return { type: 'record', fields, docs };
}

const failures: Readonly<Record<string, FieldSchema>> = {
  tcp_failures: counter('Failed connections that make a target unhealthy'),
  timeouts: counter('Timeouts that make a target unhealthy'),
  http_failures: counter('Bad statuses that make a target unhealthy'),
};

const checkType: FieldSchema = { type: 'string', default: 'http', oneOf: checkTypes, docs: 'Kind of check.' };

const healthchecks = record('Health checks; everything is off by default.', {
  threshold: {
    type: 'number',
    between: [0, 100],
    default: 0,
    docs: 'Percent of the weight that must be available for the upstream to be used.',
  },
  active: record('Probes.', {
    type: checkType,
    timeout: seconds('Seconds until a probe counts as timed out.', 1),
    concurrency: { type: 'integer', between: [1, 2_147_483_648], default: 10, docs: 'Probes at once.' },
    http_path: { type: 'string', default: '/', check: checkPath, docs: 'Path of http probes.' },
    https_sni: { type: 'string', check: checkServerName, docs: 'SNI of https probes.' },
    https_verify_certificate: {
      type: 'boolean',
      default: true,
      required: true,
      docs: 'Verifies certificates in https probes.',
    },
    headers: {
      type: 'map',
      checkKey: checkHeaderName,
      values: { type: 'array', elements: { type: 'string', docs: 'A value.' }, docs: 'Values.' },
      docs: 'Headers of http probes.',
    },
    healthy: record('Probing healthy targets.', {
      interval: seconds('Seconds between probes of healthy targets; 0 turns them off.', 0),
      http_statuses: statuses('Statuses that count as success.', [200, 302]),
      successes: counter('Successes that make a target healthy'),
    }),
    unhealthy: record('Probing unhealthy targets.', {
      interval: seconds('Seconds between probes of unhealthy targets; 0 turns them off.', 0),
      http_statuses: statuses('Statuses that count as failure.', [429, 404, 500, 501, 502, 503, 504, 505]),
      ...failures,
    }),
  }),
  passive: record('Watching real requests.', {
    type: checkType,
    healthy: record('Success.', {
      http_statuses: statuses('Statuses that count as success.', okStatuses),
      successes: counter('Successes that make a target healthy'),
    }),
    unhealthy: record('Failure.', {
      http_statuses: statuses('Statuses that count as failure.', [429, 500, 503]),
      ...failures,
    }),
  }),
});

function checkUpstreamName(name: string): string | null {
  const parsed = parseHostPort(name);
  if (parsed === null) return `Invalid name ('${name}'); must be a valid hostname`;
  if (parsed.kind !== 'name') return `Invalid name ('${name}'); no ip addresses allowed`;
  return parsed.port === null ? null : `Invalid name ('${name}'); no port allowed`;
}

function crossCheckUpstream(value: Filled, report: Report, isRight: (field: string) => boolean): void {
  const conditional = (field: string, message: string, given: string): void => {
    report([field], message);
    report(['@entity'], messages.failedConditional(given));
  };
  const needs = (input: string): void => {
    for (const given of ['hash_on', 'hash_fallback']) {
      const companion = input === 'cookie' ? 'hash_on_cookie' : `${given}_${input}`;
      if (!isRight(given) || value[given] !== input) continue;
      if (value[companion] === null) conditional(companion, messages.required(), given);
      else if (!isRight(companion)) report(['@entity'], messages.failedConditional(given));
    }
  };
  needs('header');
  needs('cookie');
  const allowed = isRight('hash_on') ? fallbacks[value['hash_on'] as string] : undefined;
  const fallback = value['hash_fallback'];
  if (typeof fallback !== 'string') {
    if (allowed !== undefined) conditional('hash_fallback', messages.expectedType('string'), 'hash_on');
  } else if (allowed !== undefined && !allowed.includes(fallback))
    conditional('hash_fallback', messages.expectedOneOf(allowed), 'hash_on');
  for (const input of ['header', 'query_arg', 'uri_capture']) {
    if (input !== 'header') needs(input);
    const fields = [`hash_on_${input}`, `hash_fallback_${input}`];
    if (value[fields[0]!] !== null && value[fields[0]!] === value[fields[1]!])
      report(['@entity'], messages.distinct(fields));
  }
  if (value['algorithm'] === 'sticky-sessions' && value['sticky_sessions_cookie'] === null)
    conditional('sticky_sessions_cookie', messages.required(), 'algorithm');
}

/**
 * What hash_on says of the algorithm, as in Kong: with an input it is consistent-hashing, with 'none' written out it is
 * round-robin. Only least-connections and latency stay what they are, and hash nothing.
 */
function joinHashing(raw: Filled): Filled {
  const { algorithm, hash_on: on } = raw;
  if (algorithm === 'least-connections' || algorithm === 'latency') return { ...raw, hash_on: 'none' };
  if (typeof on !== 'string') return raw;
  if (on !== 'none') return { ...raw, algorithm: 'consistent-hashing' };
  return algorithm === 'sticky-sessions' ? raw : { ...raw, algorithm: 'round-robin' };
}

function hashField(docs: string, check?: (value: string) => string | null): FieldSchema {
  return { type: 'string', ...(check === undefined ? {} : { check }), docs };
}

export const upstreamSchema: EntitySchema = {
  endpointKey: 'name',
  unique: ['name'],
  expand: joinHashing,
  fields: {
    ...commonFields,
    name: {
      type: 'string',
      required: true,
      check: checkUpstreamName,
      docs: 'A host name; services refer to it.',
    },
    algorithm: {
      type: 'string',
      default: 'round-robin',
      oneOf: ['consistent-hashing', 'least-connections', 'round-robin', 'latency', 'sticky-sessions'],
      docs: 'How targets are chosen.',
    },
    hash_on: { type: 'string', default: 'none', oneOf: hashInputs, docs: 'What consistent-hashing hashes.' },
    hash_fallback: {
      type: 'string',
      default: 'none',
      oneOf: hashInputs,
      docs: 'Used where hash_on is missing.',
    },
    hash_on_header: hashField('Header to hash.', checkHeaderName),
    hash_fallback_header: hashField('Header to hash.', checkHeaderName),
    hash_on_cookie: hashField('Cookie to hash; clients without it get one.', checkCookieName),
    hash_on_cookie_path: { type: 'string', default: '/', check: checkPath, docs: 'Path of the cookie.' },
    hash_on_query_arg: hashField('Query argument to hash.'),
    hash_fallback_query_arg: hashField('Query argument to hash.'),
    hash_on_uri_capture: hashField('Capture to hash.'),
    hash_fallback_uri_capture: hashField('Capture to hash.'),
    sticky_sessions_cookie: hashField('Cookie that names the target of a client.', checkCookieName),
    sticky_sessions_cookie_path: {
      type: 'string',
      default: '/',
      check: checkPath,
      docs: 'Path of that cookie.',
    },
    slots: { type: 'integer', between: [10, 65_536], default: 10_000, docs: 'Size of the hashing ring.' },
    host_header: {
      type: 'string',
      check: checkHostWithOptionalPort,
      docs: 'Host header towards targets where preserve_host is off.',
    },
    client_certificate: {
      type: 'foreign',
      reference: 'certificates',
      docs: 'Certificate shown to targets.',
    },
    use_srv_name: { type: 'boolean', default: false, docs: 'Accepted for compatibility.' },
    healthchecks,
  },
  crossCheck: crossCheckUpstream,
};

export const targetSchema: EntitySchema = {
  endpointKey: 'target',
  unique: [],
  uniqueTogether: ['upstream', 'target'],
  /** The default port is written out, so that one address has one form. */
  expand(raw) {
    const parsed = typeof raw['target'] === 'string' ? parseHostPort(raw['target']) : null;
    if (parsed === null) return raw;
    const host = parsed.kind === 'ipv6' ? `[${parsed.host}]` : parsed.host;
    return { ...raw, target: `${host}:${parsed.port ?? 8000}` };
  },
  fields: {
    ...commonFields,
    created_at: { type: 'number', check: checkTimestamp, docs: 'Seconds since 1970, with a fraction.' },
    upstream: {
      type: 'foreign',
      reference: 'upstreams',
      required: true,
      docs: 'The upstream it belongs to.',
    },
    target: {
      type: 'string',
      required: true,
      check: (target) =>
        parseHostPort(target) === null
          ? `Invalid target ('${target}'); not a valid hostname or ip address`
          : null,
      docs: 'host:port; port 8000 when absent.',
    },
    weight: { type: 'integer', between: [0, 65_535], default: 100, docs: 'Share of requests; 0 gets none.' },
  },
};
