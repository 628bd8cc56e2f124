// The body of a write, checked against its address and its schema; who writes, and how.
import { fail, ok, type Result } from '../../../src/base/result.ts';
import { failures } from '../failure.ts';
import { isRecord } from '../json.ts';
import { ownUpdate, type Writer } from '../patch/managed-fields.ts';
import { apiVersionOf, type ResourceDefinition, resourceNameOf } from '../resource.ts';
import { withoutUnknown } from '../schema/structural.ts';
import type { ApiFailure, StoredObject } from '../store-api.ts';
import type { WriteCore, WriteOptions } from '../store-writes.ts';
import { type ApiRequest, readObject } from './request.ts';
import { sendFailure } from './respond.ts';

export function writerOf(core: WriteCore, request: ApiRequest): Writer {
  const agent = (request.http.headers['user-agent'] ?? 'unknown').split('/')[0]!;
  const manager = request.query.get('fieldManager') || agent;
  const subresource =
    request.subresource === 'status' || request.subresource === 'scale' ? request.subresource : undefined;
  const apiVersion = apiVersionOf(request.definition);
  return {
    manager,
    apiVersion,
    nowMs: core.clock.wallMs(),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

export function optionsOf(core: WriteCore, request: ApiRequest): WriteOptions {
  const { subresource } = request;
  const writer = writerOf(core, request);
  return {
    dryRun: request.query.get('dryRun') === 'All',
    ...(subresource === 'status' || subresource === 'finalize' ? { subresource } : {}),
    manage: (before, after) => ownUpdate(writtenIn(core, request), before, after, writer),
  };
}

export interface Accepted {
  readonly object: StoredObject;
  readonly warnings: readonly string[];
}

/** Checks the body against the address, and unknown fields as `fieldValidation` wants it. */
export function accept(
  request: ApiRequest,
  body: Readonly<Record<string, unknown>>,
): Result<Accepted, ApiFailure> {
  const { definition, namespace, name, query } = request;
  const apiVersion = apiVersionOf(definition);
  if (body['kind'] !== undefined && body['kind'] !== definition.kind) {
    return fail(
      failures.badRequest(
        `${body['kind']} in version "${body['apiVersion'] ?? ''}" cannot be handled as a ${definition.kind}: converting (${body['kind']}) to (${definition.kind}): unknown conversion`,
      ),
    );
  }
  if (body['apiVersion'] !== undefined && body['apiVersion'] !== apiVersion) {
    return fail(
      failures.badRequest(
        `the API version in the data (${body['apiVersion']}) does not match the expected API version (${apiVersion})`,
      ),
    );
  }
  const metadata = { ...(isRecord(body['metadata']) ? body['metadata'] : {}) } as Record<string, unknown>;
  if (
    definition.namespaced &&
    metadata['namespace'] !== undefined &&
    metadata['namespace'] !== '' &&
    metadata['namespace'] !== namespace
  ) {
    return fail(
      failures.badRequest(
        'the namespace of the provided object does not match the namespace sent on the request',
      ),
    );
  }
  if (definition.namespaced) metadata['namespace'] = namespace;
  if (name !== undefined) {
    if (metadata['name'] !== undefined && metadata['name'] !== name) {
      return fail(
        failures.badRequest(
          `the name of the object (${metadata['name']}) does not match the name on the URL (${name})`,
        ),
      );
    }
    metadata['name'] = name;
  }
  const unknown: string[] = [];
  withoutUnknown(definition.schema, { ...body, metadata }, '', (path) =>
    unknown.push(`unknown field "${path}"`),
  );
  const mode = query.get('fieldValidation') ?? 'Warn';
  if (unknown.length > 0 && mode === 'Strict') {
    return fail(
      failures.badRequest(
        `${definition.kind} in version "${definition.version}" cannot be handled as a ${definition.kind}: strict decoding error: ${unknown.join(', ')}`,
      ),
    );
  }
  const given = { ...body, apiVersion, kind: definition.kind, metadata } as unknown as StoredObject;
  const object = definition.conversion?.toStored(given) ?? given;
  return ok({ object, warnings: mode === 'Ignore' ? [] : unknown });
}

/** null: it has been answered why not. */
export function readAccepted(request: ApiRequest): Accepted | null {
  const body = readObject(request.http);
  const accepted = body.ok ? accept(request, body.value) : body;
  if (accepted.ok) return accepted.value;
  sendFailure(request.reply, accepted.error);
  return null;
}

/** The definition that objects are stored in. */
export function storedDefinition(core: WriteCore, request: ApiRequest): ResourceDefinition {
  return core.store.definition(resourceNameOf(request.definition)) ?? request.definition;
}

/** What judges a write: the version that was asked for, unless objects of it are converted to another form. */
export function writtenIn(core: WriteCore, request: ApiRequest): ResourceDefinition {
  return request.definition.conversion === undefined ? request.definition : storedDefinition(core, request);
}
