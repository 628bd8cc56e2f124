// A request to the API server, taken apart: what it addresses, its query, its body as a value.
import { parse as parseYaml } from 'yaml';
import { fail, ok, type Result } from '../../../src/base/result.ts';
import type { HttpReply, HttpRequest } from '../../../src/ports/http.ts';
import { failures } from '../failure.ts';
import { isRecord } from '../json.ts';
import type { ResourceDefinition } from '../resource.ts';
import type { ApiFailure } from '../store-api.ts';
import { decodeProtobuf } from './protobuf/decode.ts';
import type { Form } from './respond.ts';

export interface ApiRequest {
  readonly http: HttpRequest;
  readonly reply: HttpReply;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly definition: ResourceDefinition;
  /** Undefined: all namespaces, or a cluster-scoped kind. */
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  readonly form: Form;
}

export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly namespace: string | undefined;
  readonly plural: string;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Paths that came lately: controllers ask for the same ones all the time. */
const known: Map<string, ResourcePath | null> = new Map();
const knownMax = 1_000;

/** null: not the path of a resource. */
export function parseResourcePath(path: string): ResourcePath | null {
  let address = known.get(path);
  if (address === undefined) {
    address = takeApart(path);
    if (known.size >= knownMax) known.clear();
    known.set(path, address);
  }
  return address;
}

function takeApart(path: string): ResourcePath | null {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  let rest: string[];
  let group = '';
  if (parts[0] === 'api') rest = parts.slice(1);
  else if (parts[0] === 'apis' && parts.length > 2) {
    group = parts[1]!;
    rest = parts.slice(2);
  } else return null;
  const [version, ...tail] = rest;
  if (version === undefined || tail.length === 0) return null;
  const scoped = tail[0] === 'namespaces' && tail.length > 2 && !['status', 'finalize'].includes(tail[2]!);
  const own = scoped ? tail.slice(2) : tail;
  if (own.length > 3) return null;
  const [plural, name, subresource] = own as [string, string | undefined, string | undefined];
  return { group, version, namespace: scoped ? tail[1] : undefined, plural, name, subresource };
}

/** Patches have their own list, checked before the body is read. */
const bodyTypes = new Set([
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
]);

/** The body as an object, whichever of JSON, YAML or Kubernetes protobuf it is written in. */
export function readBody(request: HttpRequest): Result<unknown, ApiFailure> {
  if (request.body === null) return ok(undefined);
  const type = (request.headers['content-type'] || 'application/json').split(';')[0]!.trim();
  if (type === 'application/vnd.kubernetes.protobuf') {
    const value = decodeProtobuf(request.body);
    return value.ok
      ? value
      : fail({
          ...failures.unsupportedMediaType(['application/json', 'application/yaml']),
          message: value.error,
        });
  }
  if (!bodyTypes.has(type)) return fail(failures.unsupportedMediaType([...bodyTypes]));
  const text = request.body.toString('utf8');
  try {
    return ok(
      type.endsWith('yaml') && !text.trimStart().startsWith('{') ? parseYaml(text) : JSON.parse(text),
    );
  } catch (error) {
    return fail(failures.badRequest(`the body could not be read as ${type}: ${(error as Error).message}`));
  }
}

export function readObject(request: HttpRequest): Result<Record<string, unknown>, ApiFailure> {
  const body = readBody(request);
  if (!body.ok) return body;
  return isRecord(body.value)
    ? ok(body.value)
    : fail(failures.badRequest('the body of the request must be an object'));
}
