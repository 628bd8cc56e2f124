// Schema of services.
import type { EntitySchema, Filled, Report } from './field.ts';
import * as messages from './messages.ts';
import { commonFields, protocols } from './shared-fields.ts';
import { checkHost, checkName, checkPath } from './text.ts';

const timeoutRange = [1, 2_147_483_646] as const;
const withoutPath = ['tcp', 'tls', 'udp', 'grpc', 'grpcs'];
const onlyWithTls = ['client_certificate', 'tls_verify', 'tls_verify_depth', 'ca_certificates'];

/** `url` stands for protocol, host, port and path. */
function expandUrl(raw: Filled, report: Report): Filled {
  if (!Object.hasOwn(raw, 'url')) return raw;
  const { url, ...rest } = raw;
  if (url === null || url === undefined) return rest;
  if (typeof url !== 'string') {
    report(['url'], messages.expectedType('string'));
    return rest;
  }
  if (url === '') {
    report(['url'], messages.lengthAtLeast(1));
    return rest;
  }
  return { ...rest, ...partsOf(url) };
}

/** Any text has parts: what is wrong with them is said of the fields that they stand for. */
function partsOf(url: string): Filled {
  const [, scheme, authority, path] = /^(?:([a-z0-9][a-z0-9+\-.]*):)?(?:\/\/([^/]*))?([^#?;]*)/is.exec(url)!;
  const [, host, port] = /^(.*?)(?::([^:\]]*))?$/s.exec((authority ?? '').replace(/^[^@]*@/, ''))!;
  const number = port === undefined || port === '' ? Number.NaN : Number(port);
  const protocol = scheme ?? (number === 443 ? 'https' : 'http');
  const bare = /^\[(.+)\]$/s.exec(host!)?.[1] ?? host!;
  return {
    protocol,
    host: bare === '' ? null : bare,
    port: port === undefined ? (protocol === 'https' ? 443 : 80) : Number.isNaN(number) ? port : number,
    path: path === '' ? null : path,
  };
}

export const serviceSchema: EntitySchema = {
  endpointKey: 'name',
  unique: ['name'],
  expand: expandUrl,
  fields: {
    ...commonFields,
    name: { type: 'string', check: checkName, docs: 'Unique name.' },
    retries: { type: 'integer', between: [0, 32_767], default: 5, docs: 'Tries after a failed first one.' },
    protocol: {
      type: 'string',
      default: 'http',
      required: true,
      oneOf: protocols,
      docs: 'Protocol towards the upstream.',
    },
    host: {
      type: 'string',
      required: true,
      check: checkHost,
      docs: 'Host name or address, or the name of an upstream entity.',
    },
    port: { type: 'integer', between: [0, 65_535], default: 80, required: true, docs: 'Port.' },
    path: { type: 'string', check: checkPath, docs: 'Prepended to the path of requests.' },
    connect_timeout: { type: 'integer', between: timeoutRange, default: 60_000, docs: 'Milliseconds.' },
    write_timeout: { type: 'integer', between: timeoutRange, default: 60_000, docs: 'Milliseconds.' },
    read_timeout: { type: 'integer', between: timeoutRange, default: 60_000, docs: 'Milliseconds.' },
    client_certificate: {
      type: 'foreign',
      reference: 'certificates',
      docs: 'Certificate shown to the upstream.',
    },
    tls_verify: { type: 'boolean', docs: "Verifies the upstream's certificate." },
    tls_verify_depth: {
      type: 'integer',
      between: [0, 64],
      docs: 'CAs between its certificate and the trusted one, at most; absent: 1.',
    },
    ca_certificates: {
      type: 'array',
      elements: { type: 'string', uuid: true, docs: 'Id of a CA certificate.' },
      docs: 'CAs that the upstream is verified against; absent: those of Node.js and NODE_EXTRA_CA_CERTS.',
    },
    enabled: {
      type: 'boolean',
      default: true,
      required: true,
      docs: 'False takes its routes out of service.',
    },
  },
  crossCheck(value, report, isRight) {
    if (!isRight('protocol')) return;
    const fail = (field: string): void => {
      report([field], messages.mustBeNull());
      report(['@entity'], messages.failedConditional('protocol'));
    };
    const protocol = value['protocol'] as string;
    if (value['path'] !== null && withoutPath.includes(protocol)) fail('path');
    if (protocol === 'https' || protocol === 'tls') return;
    for (const field of onlyWithTls) if (value[field] !== null) fail(field);
  },
};
