// Kong's validation sentences, one function each. Tools match on them, so they are word for word.

export const required = (): string => 'required field missing';
export const unknownField = (): string => 'unknown field';
export const expectedUuid = (): string => 'expected a valid UUID';
export const missingPrimaryKey = (): string => 'missing primary key';
export const invalidForeignKey = (): string => 'invalid foreign key';
export const invalidValue = (value: string): string => `invalid value: ${value}`;
export const lengthAtLeast = (length: number): string => `length must be at least ${length}`;
export const lengthIs = (length: number): string => `length must be ${length}`;
export const startWith = (prefix: string): string => `should start with: ${prefix}`;
export const between = (from: number, to: number): string => `value should be between ${from} and ${to}`;
export const greaterThan = (bound: number): string => `value must be greater than ${bound}`;
export const mustBeNull = (): string => 'value must be null';
export const expectedOneOf = (values: readonly (string | number)[]): string =>
  `expected one of: ${values.join(', ')}`;

export function expectedType(
  type: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'set' | 'map' | 'record',
): string {
  return `expected ${type === 'integer' || type === 'array' ? 'an' : 'a'} ${type}`;
}

export const unknownType = (type: string): string => `unknown type: ${type}`;

const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

export const atLeastOneOf = (names: readonly string[]): string =>
  `at least one of these fields must be non-empty: ${quoted(names)}`;
export const allOrNoneOf = (names: readonly string[]): string =>
  `all or none of these fields must be set: ${quoted(names)}`;
export const onlyOneOrNoneOf = (names: readonly string[]): string =>
  `only one or none of these fields must be set: ${quoted(names)}`;
export const notOneOf = (values: readonly string[]): string => `must not be one of: ${values.join(', ')}`;
export const vaultNotInstalled = (name: string): string => `vault '${name}' is not installed`;
export const distinct = (names: readonly string[]): string =>
  `values of these fields must be distinct: ${quoted(names)}`;
export const failedConditional = (field: string): string =>
  `failed conditional validation given value of field '${field}'`;
const withCertificates =
  'it is part of Kong Enterprise; --client-ca of the gateway asks clients for certificates and tells upstreams';
/** What may be used instead of plugins that open source Kong lacks too. */
const instead: ReadonlyMap<string, string> = new Map([
  ['mtls-auth', withCertificates],
  ['header-cert-auth', withCertificates],
  ['tls-handshake-modifier', withCertificates],
  ['tls-metadata-headers', withCertificates],
]);
export const pluginNotEnabled = (name: string): string =>
  `plugin '${name}' not enabled; ${instead.get(name) ?? "add it to the 'plugins' configuration property"}`;
export const unresolvedReference = (field: string, value: string, table: string): string =>
  `invalid reference '${field}: ${value}' (no such entry in '${table}')`;
export const duplicate = (table: string, field: string, value: string): string =>
  `uniqueness violation: '${table}' entity with ${field} set to '${value}' already declared`;

/** For what Kong takes and this proxy does not. */
export const notSupported = (what: string, instead: string): string =>
  `${what} is not supported by this proxy: ${instead}`;
