// Entities wrong in more than one way, and what Kong says of fields that are null, empty or of another kind: as its own schemas say it.
import type { Wrong } from './wrong.ts';

export const wrongTogether: Readonly<Record<string, readonly Wrong[]>> = {
  services: [
    [{ name: 's', host: 'a.example', protocol: null }, 'protocol: required field missing'],
    [{ name: 's', host: 'a.example', port: null }, 'port: required field missing'],
    [{ name: 's', host: 'a.example', enabled: null }, 'enabled: required field missing'],
    [{ name: 's', host: 'a.example', created_at: 0 }, 'created_at: expected a valid timestamp'],
    [
      { name: 's', host: 'a.example', tls_verify: 'x' },
      'tls_verify: value must be null',
      "@entity: failed conditional validation given value of field 'protocol'",
    ],
    [
      { name: 's', host: 'a.example', tls_verify_depth: 65 },
      'tls_verify_depth: value must be null',
      "@entity: failed conditional validation given value of field 'protocol'",
    ],
    [
      { name: 's', host: 'a.example', ca_certificates: 'x' },
      "@entity: failed conditional validation given value of field 'protocol'",
      'ca_certificates: value must be null',
    ],
    [
      { name: 's', host: 'a.example', client_certificate: '' },
      'client_certificate: value must be null',
      "@entity: failed conditional validation given value of field 'protocol'",
    ],
    [
      { name: 's', host: 'a.example', client_certificate: 'none' },
      'client_certificate: value must be null',
      "@entity: failed conditional validation given value of field 'protocol'",
    ],
    [
      { name: 's', host: 'a.example', protocol: 'https', client_certificate: '' },
      'client_certificate.id: missing primary key',
    ],
    [
      { name: 's', host: 'a.example', protocol: 'https', client_certificate: {} },
      'client_certificate.id: missing primary key',
    ],
    [
      { name: 's', host: 'a.example', protocol: 'https', client_certificate: { a: 1 } },
      'client_certificate.a: unknown field',
    ],
    [
      { name: 's', host: 'a.example', protocol: 'https', client_certificate: { id: 'x' } },
      'client_certificate.id: expected a valid UUID',
    ],
    [
      { name: 's', host: 'a.example', protocol: 'ftp', path: '/a', tls_verify: true },
      'protocol: expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp',
    ],
    [
      { name: 's', host: 'a.example', protocol: 'tcp', path: 'a' },
      "@entity: failed conditional validation given value of field 'protocol'",
      'path: value must be null',
    ],
    [
      { name: 's', host: 'a.example', protocol: 'tls', path: '/a', port: -1 },
      'path: value must be null',
      "@entity: failed conditional validation given value of field 'protocol'",
      'port: value should be between 0 and 65535',
    ],
    [
      { name: 's', host: 'a.example', url: 'a' },
      'path: should start with: /',
      'host: required field missing',
    ],
    [{ name: 's', host: 'a.example', url: 'http://' }, 'host: required field missing'],
    [{ name: 's', host: 'a.example', url: '/a' }, 'host: required field missing'],
    [{ name: 's', host: 'a.example', url: 'http://a:70000' }, 'port: value should be between 0 and 65535'],
    [
      { name: 's', host: 'a.example', url: 'HTTP://a' },
      'protocol: expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp',
    ],
    [{ name: 's', host: 'a.example', url: 'http://a:x' }, 'port: expected an integer'],
    [{ name: 's', host: 'a.example', url: 'http://a?b' }, 'host: invalid value: a?b'],
    [
      { name: 's', host: 'a.example', url: 'a:80' },
      'protocol: expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp',
      'host: required field missing',
      'path: should start with: /',
    ],
    [{ name: 's', host: 'a-.b' }, 'host: invalid value: a-.b'],
    [
      { name: 'a b', host: '1.2.3', retries: -1 },
      'retries: value should be between 0 and 32767',
      'host: invalid value: 1.2.3',
      "name: invalid value 'a b': the only accepted ascii characters are alphanumerics or ., -, _, and ~",
    ],
  ],
  routes: [
    [{ name: 'r', paths: ['/'], protocols: [] }, 'protocols: unknown type: nil'],
    [{ name: 'r', paths: ['/'], protocols: null }, 'protocols: required field missing'],
    [{ name: 'r', paths: ['/'], protocols: 'http' }, 'protocols: expected a set'],
    [{ name: 'r', paths: ['/'], protocols: [1] }, 'protocols: unknown type: 1'],
    [{ name: 'r', paths: ['/'], protocols: { a: 1 } }, 'protocols: unknown type: nil'],
    [{ name: 'r', paths: ['/a%20b'] }, "paths.1: non-normalized path, consider use '/a b' instead"],
    [{ name: 'r', paths: ['/caf%C3%A9'] }, "paths.1: non-normalized path, consider use '/café' instead"],
    [{ name: 'r', paths: ['/a%7Cb'] }, "paths.1: non-normalized path, consider use '/a|b' instead"],
    [{ name: 'r', paths: ['/%7euser'] }, "paths.1: non-normalized path, consider use '/~user' instead"],
    [{ name: 'r', paths: ['/a%2fb'] }, "paths.1: non-normalized path, consider use '/a%2Fb' instead"],
    [{ name: 'r', paths: ['~/a//b'] }, 'paths.1: must not have empty segments'],
    [{ name: 'r', paths: ['/a/../b'] }, "paths.1: non-normalized path, consider use '/b' instead"],
    [
      { name: 'r', paths: ['/'], hosts: ['*:80'] },
      'hosts.1: invalid wildcard: must be placed at leftmost or rightmost label',
    ],
    [{ name: 'r', paths: ['/'], snis: ['*:80'] }, 'snis.1: must not have a port'],
    [{ name: 'r', paths: ['/'], snis: ['a*b'] }, 'snis.1: wildcard must be leftmost or rightmost character'],
    [{ name: 'r', paths: ['/'], snis: ['*.*'] }, 'snis.1: only one wildcard must be specified'],
    [{ name: 'r', paths: ['/'], headers: { '': ['a'] } }, 'headers: length must be at least 1'],
    [{ name: 'r', paths: ['/'], headers: ['a'] }, 'headers: expected a string'],
    [
      { name: 'r', paths: ['/'], sources: [] },
      "sources: cannot set 'sources' when 'protocols' is 'http' or 'https'",
    ],
    [
      { name: 'r', paths: ['/'], destinations: [{ port: 1 }] },
      "destinations: cannot set 'destinations' when 'protocols' is 'http' or 'https'",
    ],
    [
      { name: 'r', paths: ['/'], protocols: ['grpc'], methods: [] },
      "methods: cannot set 'methods' when 'protocols' is 'grpc' or 'grpcs'",
    ],
    [
      { name: 'r', paths: ['/'], protocols: ['grpc'], strip_path: true, methods: ['GET'] },
      "methods: cannot set 'methods' when 'protocols' is 'grpc' or 'grpcs'",
      "strip_path: cannot set 'strip_path' when 'protocols' is 'grpc' or 'grpcs'",
    ],
    [
      { name: 'r', paths: ['/'], protocols: ['http', 'grpc'], sources: [{ port: 1 }] },
      "protocols: these sets are mutually exclusive: ('http', 'https'), ('grpc', 'grpcs')",
      "sources: cannot set 'sources' when 'protocols' is 'http' or 'https'",
    ],
    [
      { name: 'r', paths: ['/'], protocols: ['grpc', 'http'], methods: ['GET'] },
      "protocols: these sets are mutually exclusive: ('grpc', 'grpcs'), ('http', 'https')",
      "methods: cannot set 'methods' when 'protocols' is 'grpc' or 'grpcs'",
    ],
    [{ name: 'r', methods: 'GET' }, 'methods: expected a set'],
    [
      { name: 'r', protocols: ['http'], snis: ['a.example'] },
      'snis: length must be 0',
      "@entity: 'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'",
      "@entity: must set one of 'methods', 'hosts', 'headers', 'paths' when 'protocols' is 'http'",
    ],
    [{ name: 'r', paths: ['/'], preserve_host: null }, 'preserve_host: required field missing'],
    [{ name: 'r', paths: ['/'], service: '' }, 'service.id: missing primary key'],
    [{ name: 'r', paths: ['/'], service: {} }, 'service.id: missing primary key'],
    [{ name: 'r', paths: ['/'], service: ['x'] }, 'service.1: unknown field'],
  ],
  upstreams: [
    [
      { name: 'u', algorithm: 'x', slots: 1 },
      'algorithm: expected one of: consistent-hashing, least-connections, round-robin, latency, sticky-sessions',
      'slots: value should be between 10 and 65536',
    ],
    [
      { name: 'u', hash_on: 'ip', hash_fallback: 'ip' },
      'hash_fallback: expected one of: none, consumer, header, cookie, path, query_arg, uri_capture',
      "@entity: failed conditional validation given value of field 'hash_on'",
    ],
    [
      { name: 'u', hash_on: 'ip', hash_fallback: 'x' },
      'hash_fallback: expected one of: none, consumer, header, cookie, path, query_arg, uri_capture',
      "@entity: failed conditional validation given value of field 'hash_on'",
    ],
    [
      { name: 'u', hash_fallback: 7 },
      'hash_fallback: expected a string',
      "@entity: failed conditional validation given value of field 'hash_on'",
    ],
    [
      { name: 'u', hash_fallback: 'x' },
      'hash_fallback: expected one of: none',
      "@entity: failed conditional validation given value of field 'hash_on'",
    ],
    [
      { name: 'u', hash_on: 'cookie', hash_fallback: 'ip', hash_on_cookie: 'a b' },
      'hash_fallback: expected one of: none',
      "@entity: failed conditional validation given value of field 'hash_on'",
      "@entity: failed conditional validation given value of field 'hash_on'",
      'hash_on_cookie: contains one or more invalid characters. ASCII control characters (0-31;127), space, tab and the characters ()<>@,;:\\"/?={}[] are not allowed.',
    ],
    [
      { name: 'u', hash_on: 'x', hash_fallback: 'x' },
      'hash_fallback: expected one of: none, consumer, ip, header, cookie, path, query_arg, uri_capture',
      'hash_on: expected one of: none, consumer, ip, header, cookie, path, query_arg, uri_capture',
    ],
    [
      { name: 'u', hash_fallback: 'query_arg' },
      'hash_fallback: expected one of: none',
      "@entity: failed conditional validation given value of field 'hash_on'",
      "@entity: failed conditional validation given value of field 'hash_fallback'",
      'hash_fallback_query_arg: required field missing',
    ],
    [
      { name: 'u', hash_on: 'header', hash_fallback: 'uri_capture' },
      'hash_on_header: required field missing',
      "@entity: failed conditional validation given value of field 'hash_on'",
      "@entity: failed conditional validation given value of field 'hash_fallback'",
      'hash_fallback_uri_capture: required field missing',
    ],
    [
      {
        name: 'u',
        hash_on: 'header',
        hash_on_header: 'a',
        hash_fallback: 'header',
        hash_fallback_header: 'a',
        slots: 'x',
      },
      'slots: expected an integer',
      "@entity: values of these fields must be distinct: 'hash_on_header', 'hash_fallback_header'",
    ],
    [{ name: 'u', healthchecks: null }, 'healthchecks: required field missing'],
    [{ name: 'u', healthchecks: { active: null } }, 'healthchecks.active: required field missing'],
    [{ name: 'u', healthchecks: ['x'] }, 'healthchecks.1: unknown field'],
    [
      { name: 'u', healthchecks: { active: { https_verify_certificate: null } } },
      'healthchecks.active.https_verify_certificate: required field missing',
    ],
    [
      { name: 'u', healthchecks: { active: { headers: ['x'] } } },
      'healthchecks.active.headers: expected a string',
    ],
    [
      { name: 'u', healthchecks: { active: { headers: { '': ['x'] } } } },
      'healthchecks.active.headers: length must be at least 1',
    ],
  ],
  targets: [
    [{ target: 'a:1', upstream: '' }, 'upstream.id: missing primary key'],
    [{ target: 'a:1', upstream: {} }, 'upstream.id: missing primary key'],
    [{ target: 'a:1', upstream: 'u', created_at: -1 }, 'created_at: expected a valid timestamp'],
    [
      { target: 'a b', upstream: 'u', weight: '1' },
      'weight: expected an integer',
      "target: Invalid target ('a b'); not a valid hostname or ip address",
    ],
  ],
  plugins: [
    [{ name: 'key-auth', protocols: null }, 'protocols: required field missing'],
    [{ name: 'key-auth', enabled: null }, 'enabled: required field missing'],
    [
      { name: 'key-auth', consumer: 'owner', config: { realm: 7 } },
      'consumer: value must be null',
      'config.realm: expected a string',
    ],
    [{ name: 'key-auth', consumer: 7 }, 'consumer: value must be null'],
    [{ name: 'key-auth', service: '' }, 'service.id: missing primary key'],
    [{ name: 'key-auth', config: { key_names: null } }, 'config.key_names: required field missing'],
    [{ name: 'cors', config: { credentials: null } }, 'config.credentials: required field missing'],
    [
      { name: 'rate-limiting', config: { minute: 5, sync_rate: 1 } },
      'config: sync_rate can only be used with the redis policy',
    ],
    [
      { name: 'rate-limiting', config: { minute: 5, error_code: 0 } },
      'config.error_code: value must be greater than 0',
    ],
    [
      { name: 'rate-limiting', config: { minute: 5, error_code: 'x' } },
      'config.error_code: expected a number',
    ],
    [{ name: 'rate-limiting', config: { minute: 5, redis: null } }, 'config.redis: required field missing'],
    [
      { name: 'rate-limiting', config: { minute: 5, redis: { server_name: '1.2.3.4' } } },
      'config.redis.server_name: must not be an IP',
    ],
    [
      { name: 'rate-limiting', config: { minute: 5, limit_by: 'header', second: 'x' } },
      "@entity: failed conditional validation given value of field 'config.limit_by'",
      'config.second: expected a number',
      'config.header_name: required field missing',
    ],
    [
      { name: 'rate-limiting', config: { error_message: 7 } },
      "@entity: at least one of these fields must be non-empty: 'config.second', 'config.minute', 'config.hour', 'config.day', 'config.month', 'config.year'",
      'config.error_message: expected a string',
    ],
    [{ name: 'request-transformer', config: { add: null } }, 'config.add: required field missing'],
    [{ name: 'request-transformer', config: { add: ['x'] } }, 'config.add.1: unknown field'],
  ],
  vaults: [
    [{ prefix: 'my-env', name: 'env', config: null }, 'config: required field missing'],
    [{ prefix: null, name: 'env' }, 'prefix: required field missing'],
  ],
  basicauth_credentials: [
    [
      { username: 'u', password: 'p' },
      'consumer: required field missing',
      "@entity: all or none of these fields must be set: 'password', 'consumer.id'",
    ],
    [{ username: 'u', consumer: 'owner', password: null }, 'password: required field missing'],
  ],
  keys: [
    [{ kid: 'k' }, "@entity: at least one of these fields must be non-empty: 'jwk', 'pem'"],
    [
      { kid: 'k', pem: {} },
      "pem.@entity: at least one of these fields must be non-empty: 'private_key', 'public_key'",
    ],
    [
      { kid: 'k', pem: null, jwk: null },
      "@entity: at least one of these fields must be non-empty: 'jwk', 'pem'",
    ],
    [
      { kid: 'k', jwk: 'x', pem: {} },
      "pem.@entity: at least one of these fields must be non-empty: 'private_key', 'public_key'",
    ],
    [{ kid: null, jwk: '{}' }, 'kid: required field missing'],
    [{ kid: 'k', pem: { public_key: 'x' } }, 'pem: could not load public key'],
    [
      { kid: 'k', jwk: '{"kid":"k","kty":"oct","k":"c2VjcmV0"}' },
      '@entity: could not load JWK, likely not a valid key',
    ],
  ],
  consumers: [
    [
      { username: 'a', tags: ['a,b'], custom_id: 7 },
      "tags.1: invalid tag 'a,b': expected printable ascii (except `,` and `/`) or valid utf-8 sequences",
      'custom_id: expected a string',
    ],
  ],
};
