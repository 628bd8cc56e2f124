// Answers of the HTTP front: JSON documents and metav1.Status failures.
import type { HttpReply } from '../../../src/ports/http.ts';
import { failures, statusDocument } from '../failure.ts';
import { encodeObject } from '../json.ts';
import { apiVersionOf, type ResourceDefinition } from '../resource.ts';
import type { ApiFailure, StoredObject } from '../store-api.ts';

const jsonHeaders = { 'content-type': 'application/json', 'cache-control': 'no-cache, private' } as const;

export function sendBytes(
  reply: HttpReply,
  status: number,
  bytes: Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  reply.head(status, { ...jsonHeaders, 'content-length': String(bytes.length), ...headers });
  reply.end(bytes);
}

export function sendJson(
  reply: HttpReply,
  status: number,
  document: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  sendBytes(reply, status, Buffer.from(JSON.stringify(document)), headers);
}

export function sendFailure(reply: HttpReply, failure: ApiFailure): void {
  const retry = failure.details?.['retryAfterSeconds'];
  const headers = retry === undefined ? {} : { 'retry-after': String(retry) };
  sendJson(reply, failure.code, statusDocument(failure), headers as Record<string, string>);
}

export function sendNotFound(reply: HttpReply): void {
  sendFailure(reply, failures.pathNotFound());
}

/** How a client wants objects: as they are, as rows to print, or their metadata alone. */
export type Form = 'object' | 'table' | 'metadata';

/** The first form of the Accept header that is served here, or null when there is none. */
export function formOf(accept: string | undefined): Form | null {
  if (accept === undefined || accept.trim() === '') return 'object';
  for (const range of accept.split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim());
    if (!acceptedTypes.has(type!)) continue;
    const as = parameters.find((parameter) => parameter.startsWith('as='))?.slice(3);
    if (as === undefined) return 'object';
    if (!parameters.includes('g=meta.k8s.io') || !parameters.includes('v=v1')) continue;
    if (as === 'Table') return 'table';
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'metadata';
  }
  return null;
}

const acceptedTypes = new Set(['application/json', 'application/*', '*/*']);

const metadataBytes = new WeakMap<StoredObject, Buffer>();

export function encodeMetadata(object: StoredObject): Buffer {
  let bytes = metadataBytes.get(object);
  if (bytes === undefined) {
    const document = {
      kind: 'PartialObjectMetadata',
      apiVersion: 'meta.k8s.io/v1',
      metadata: object.metadata,
    };
    bytes = Buffer.from(JSON.stringify(document));
    metadataBytes.set(object, bytes);
  }
  return bytes;
}

/** The object's bytes in the form and the version that were asked for; tables are made elsewhere. */
export function bytesAs(form: Form, definition: ResourceDefinition, object: StoredObject): Buffer {
  return form === 'metadata' ? encodeMetadata(object) : bytesIn(definition, object);
}

/** By stored object; of a version that is converted, which is made anew for each reader otherwise. */
const convertedBytes: WeakMap<StoredObject, Buffer> = new WeakMap();

/** The object's bytes in the version that was asked for. */
export function bytesIn(definition: ResourceDefinition, object: StoredObject): Buffer {
  const apiVersion = apiVersionOf(definition);
  if (object.apiVersion === apiVersion) return encodeObject(object);
  if (definition.conversion === undefined) return Buffer.from(JSON.stringify({ ...object, apiVersion }));
  let bytes = convertedBytes.get(object);
  if (bytes === undefined) {
    bytes = Buffer.from(JSON.stringify(definition.conversion.fromStored(object)));
    convertedBytes.set(object, bytes);
  }
  return bytes;
}
