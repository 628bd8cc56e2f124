// Schema of services.
import type { EntitySchema, FieldPath, Filled } from './field.ts';
import * as messages from './messages.ts';
import { commonFields, protocols } from './shared-fields.ts';
import { checkHost, checkName, checkPath, parseHostPort } from './text.ts';

const timeoutRange = [1, 2_147_483_646] as const;
const withoutPath = ['tcp', 'tls', 'udp', 'tls_passthrough', 'grpc', 'grpcs'];
const onlyWithTls = ['client_certificate', 'tls_verify', 'tls_verify_depth', 'ca_certificates'];

/** `url` stands for protocol, host, port and path. */
function expandUrl(raw: Filled, report: (path: FieldPath, message: string) => void): Filled {
  if (!Object.hasOwn(raw, 'url')) return raw;
  const { url, ...rest } = raw;
  if (url === null || url === undefined) return rest;
  if (typeof url !== 'string') {
    report(['url'], messages.expectedType('string'));
    return rest;
  }
  const parts = /^([a-z_]+):\/\/([^/?#]*)([^?#]*)/i.exec(url);
  if (parts === null) {
    report(['url'], 'missing scheme, for example http://example.com/path');
    return rest;
  }
  const address = parseHostPort(parts[2]!);
  if (address === null) {
    report(['url'], 'missing or invalid host in url');
    return rest;
  }
  const protocol = parts[1]!.toLowerCase();
  const port = address.port ?? (protocol === 'https' ? 443 : 80);
  const host = address.kind === 'ipv6' ? `[${address.host}]` : address.host;
  const { protocol: _1, host: _2, port: _3, path: _4, ...others } = rest;
  return { ...others, protocol, host, port, path: parts[3] === '' ? null : parts[3] };
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
  crossCheck(value, report) {
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
