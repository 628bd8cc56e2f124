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

/** The object's bytes in the version that was asked for (conversion changes the version's name alone). */
export function bytesIn(definition: ResourceDefinition, object: StoredObject): Buffer {
  const apiVersion = apiVersionOf(definition);
  if (object.apiVersion === apiVersion) return encodeObject(object);
  return Buffer.from(JSON.stringify({ ...object, apiVersion }));
}
