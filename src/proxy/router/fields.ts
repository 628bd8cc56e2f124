// The fields of the expression language, read from a request: strings as byte strings, null where there is none.
import { fieldName, segmentRange } from '../../kong/expressions/check.ts';
import type { MatchInput } from '../compile/compiled.ts';

/** Several values only of headers and query arguments. */
export type StringReader = (input: MatchInput, path: string) => string | readonly string[] | null;
export type IntReader = (input: MatchInput, path: string) => number | null;
export type AddressReader = (input: MatchInput) => string;

/** Kong reads so many arguments of a query. */
const argumentsMax = 100;

function decodeArgument(text: string): string {
  return text
    .replaceAll('+', ' ')
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

type Arguments = ReadonlyMap<string, readonly string[]>;

let lastQuery = '';
let lastArguments: Arguments = new Map();

/** Asked by many routes for one request. */
export function queryArguments(query: string): Arguments {
  if (query === lastQuery) return lastArguments;
  const values = new Map<string, string[]>();
  for (const pair of query.split('&', argumentsMax)) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decodeArgument(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decodeArgument(pair.slice(equals + 1));
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  }
  lastQuery = query;
  lastArguments = values;
  return values;
}

let lastPath = '';
let lastSegments: readonly string[] = [];

/** Between slashes, without empty ones at the end. */
export function segmentsOf(path: string): readonly string[] {
  if (path === lastPath) return lastSegments;
  const segments = path.slice(1).split('/');
  while (segments.at(-1) === '') segments.pop();
  lastPath = path;
  lastSegments = segments;
  return segments;
}

const present = (text: string): string | null => (text === '' ? null : text);

const stringReaders: Readonly<Record<string, StringReader>> = {
  'net.protocol': (input) => input.scheme,
  'tls.sni': (input) => present(input.serverName),
  'http.method': (input) => input.method,
  'http.host': (input) => present(input.host),
  'http.path': (_input, path) => path,
};

/** null: no such field. */
export function stringReader(written: string): StringReader | null {
  const field = fieldName(written);
  if (Object.hasOwn(stringReaders, field)) return stringReaders[field]!;
  if (field.startsWith('http.headers.')) {
    const name = field.slice('http.headers.'.length).toLowerCase();
    return (input) => input.foldedHeaderValues(name);
  }
  if (field.startsWith('http.queries.')) {
    const name = field.slice('http.queries.'.length);
    return (input) => queryArguments(input.query).get(name) ?? null;
  }
  if (!field.startsWith('http.path.segments.') || Object.hasOwn(intReaders, field)) return null;
  const range = segmentRange(field);
  if (range === null) return () => null;
  const [first, last] = range;
  return (_input, path) => {
    const segments = segmentsOf(path);
    if (last < first || last >= segments.length) return null;
    return first === last ? segments[first]! : segments.slice(first, last + 1).join('/');
  };
}

const known = (port: number): number | null => (port === 0 ? null : port);

const intReaders: Readonly<Record<string, IntReader>> = {
  'net.src.port': (input) => known(input.clientPort),
  'net.dst.port': (input) => known(input.hostPort),
  'http.path.segments.len': (_input, path) => segmentsOf(path).length,
};

export function intReader(written: string): IntReader | null {
  const field = fieldName(written);
  return Object.hasOwn(intReaders, field) ? intReaders[field]! : null;
}

const addressReaders: Readonly<Record<string, AddressReader>> = {
  'net.src.ip': (input) => input.clientAddress,
  'net.dst.ip': (input) => input.serverAddress,
};

export function addressReader(written: string): AddressReader | null {
  return Object.hasOwn(addressReaders, written) ? addressReaders[written]! : null;
}
