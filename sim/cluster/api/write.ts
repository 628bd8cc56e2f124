// create, update, patch and delete over HTTP: bodies in, the rules of the store, answers out.
import { fail, ok, type Result } from '../../../src/base/result.ts';
import { type FieldCause, failures } from '../failure.ts';
import { fieldErrors } from '../field-error.ts';
import { isRecord } from '../json.ts';
import { applyConfiguration } from '../patch/apply.ts';
import { jsonPatch } from '../patch/json-patch.ts';
import { ownUpdate, type Writer } from '../patch/managed-fields.ts';
import { mergePatch } from '../patch/merge-patch.ts';
import { strategicMerge } from '../patch/strategic-merge.ts';
import { apiVersionOf, type ResourceDefinition, resourceNameOf } from '../resource.ts';
import { withoutUnknown } from '../schema/structural.ts';
import type { ApiFailure, StoredObject } from '../store-api.ts';
import {
  createObject,
  type Deletion,
  deleteObject,
  replaceObject,
  type WriteCore,
  type WriteOptions,
  type WriteResult,
} from '../store-writes.ts';
import { tableOf } from '../table/table.ts';
import { selection } from './read.ts';
import { type ApiRequest, readBody, readObject } from './request.ts';
import { bytesAs, bytesIn, sendBytes, sendFailure, sendJson } from './respond.ts';

function writerOf(core: WriteCore, request: ApiRequest): Writer {
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

function optionsOf(core: WriteCore, request: ApiRequest): WriteOptions {
  const { subresource, definition } = request;
  const writer = writerOf(core, request);
  return {
    dryRun: request.query.get('dryRun') === 'All',
    ...(subresource === 'status' || subresource === 'finalize' ? { subresource } : {}),
    manage: (before, after) => ownUpdate(definition, before, after, writer),
  };
}

interface Accepted {
  readonly object: StoredObject;
  readonly warnings: readonly string[];
}

/** Checks the body against the address, and unknown fields as `fieldValidation` wants it. */
function accept(request: ApiRequest, body: Readonly<Record<string, unknown>>): Result<Accepted, ApiFailure> {
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
  // The storage version is one; what was asked for differs in its name alone.
  const object = { ...body, apiVersion, kind: definition.kind, metadata } as unknown as StoredObject;
  return ok({ object, warnings: mode === 'Ignore' ? [] : unknown });
}

export function answer(
  core: WriteCore,
  request: ApiRequest,
  result: WriteResult,
  status: number,
  warnings: readonly string[] = [],
): void {
  const { definition, reply } = request;
  if (!result.ok) {
    sendFailure(reply, result.error);
    return;
  }
  const told = [...warnings, ...(definition.warnings?.(result.value) ?? [])];
  const headers: Record<string, string> =
    told.length === 0 ? {} : { warning: told.map((text) => `299 - ${JSON.stringify(text)}`).join(', ') };
  if (request.form !== 'table') {
    sendBytes(reply, status, bytesAs(request.form, definition, result.value), headers);
    return;
  }
  const options = { nowMs: core.clock.wallMs(), include: request.query.get('includeObject'), columns: true };
  sendJson(
    reply,
    status,
    tableOf(definition, [result.value], { resourceVersion: result.value.metadata.resourceVersion }, options),
    headers,
  );
}

/** null: it has been answered why not. */
function readAccepted(request: ApiRequest): Accepted | null {
  const body = readObject(request.http);
  const accepted = body.ok ? accept(request, body.value) : body;
  if (accepted.ok) return accepted.value;
  sendFailure(request.reply, accepted.error);
  return null;
}

export function serveCreate(core: WriteCore, request: ApiRequest): void {
  const accepted = readAccepted(request);
  if (accepted === null) return;
  const { object, warnings } = accepted;
  answer(
    core,
    request,
    createObject(core, storedDefinition(core, request), object, optionsOf(core, request)),
    201,
    warnings,
  );
}

export function serveUpdate(core: WriteCore, request: ApiRequest): void {
  const { definition } = request;
  const accepted = readAccepted(request);
  if (accepted === null) return;
  const { object, warnings } = accepted;
  if (definition.versionRequired && !object.metadata.resourceVersion) {
    const cause = {
      reason: 'FieldValueInvalid',
      message: 'Invalid value: 0x0: must be specified for an update',
      field: 'metadata.resourceVersion',
    };
    sendFailure(request.reply, failures.invalid(definition, request.name!, [cause]));
    return;
  }
  const result = replaceObject(
    core,
    definition,
    request.namespace,
    request.name!,
    () => ok(object),
    optionsOf(core, request),
  );
  answer(core, request, result, 200, warnings);
}

const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/apply-patch+yaml',
  'application/strategic-merge-patch+json',
];

function patched(request: ApiRequest, type: string, current: StoredObject, patch: unknown): WriteResult {
  const { definition } = request;
  if (type === patchTypes[0]) {
    const result = jsonPatch(current, patch);
    if (result.ok) return ok(result.value as StoredObject);
    return fail({
      code: 422,
      reason: 'Invalid',
      details: {},
      message: `the server rejected our request due to an error in our request: ${result.error}`,
    });
  }
  const merged =
    type === patchTypes[1] ? mergePatch(current, patch) : strategicMerge(definition.schema, current, patch);
  return ok(merged as StoredObject);
}

/** The definition that objects are stored in: another version of a kind differs in its name alone. */
function storedDefinition(core: WriteCore, request: ApiRequest): ResourceDefinition {
  return core.store.definition(resourceNameOf(request.definition)) ?? request.definition;
}

/** What an apply can own here: status only through the subresource, and there nothing else. */
function ownPart(request: ApiRequest, object: StoredObject): StoredObject {
  if (!request.definition.statusSubresource) return object;
  const { status, ...rest } = object;
  if (request.subresource !== 'status') return rest as StoredObject;
  const { apiVersion, kind, metadata } = object;
  const { name, namespace } = metadata;
  const identity = namespace === undefined ? { name } : { name, namespace };
  return { apiVersion, kind, metadata: identity, ...(status === undefined ? {} : { status }) };
}

function serveApply(core: WriteCore, request: ApiRequest, patch: Readonly<Record<string, unknown>>): void {
  const { definition, namespace, name, query, reply } = request;
  const accepted = accept(request, patch);
  if (!accepted.ok) {
    sendFailure(reply, accepted.error);
    return;
  }
  const { object, warnings } = accepted.value;
  const { managedFields } = object.metadata as { managedFields?: unknown };
  if (Array.isArray(managedFields) && managedFields.length > 0) {
    sendFailure(reply, failures.badRequest('metadata.managedFields must be nil'));
    return;
  }
  const stored = storedDefinition(core, request);
  const wanted = ownPart(request, object);
  const writer = writerOf(core, request);
  const force = query.get('force') === 'true';
  const { manage: _manage, ...options } = optionsOf(core, request);
  const current = core.store.get(resourceNameOf(definition), namespace, name!);
  if (current === null) {
    const config = applyConfiguration(definition, null, wanted, writer, force);
    if (!config.ok) {
      sendFailure(reply, config.error);
      return;
    }
    answer(core, request, createObject(core, stored, config.value, options), 201, warnings);
    return;
  }
  const result = replaceObject(
    core,
    definition,
    namespace,
    name!,
    (live) => {
      const applied = applyConfiguration(definition, live, wanted, writer, force);
      // The applied configuration may carry a version and a uid as preconditions.
      const { resourceVersion, uid } = object.metadata;
      if (!applied.ok || (resourceVersion === undefined && uid === undefined)) return applied;
      const preconditions = {
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
        ...(uid === undefined ? {} : { uid }),
      };
      return ok({ ...applied.value, metadata: { ...applied.value.metadata, ...preconditions } });
    },
    options,
  );
  answer(core, request, result, 200, warnings);
}

/** What only applies must say, and only they may. */
function patchOptionsProblem(query: URLSearchParams, isApply: boolean): ApiFailure | null {
  const causes: FieldCause[] = [];
  if (isApply && !query.get('fieldManager'))
    causes.push(fieldErrors.required('fieldManager', 'is required for apply patch'));
  if (!isApply && query.has('force'))
    causes.push(fieldErrors.forbidden('force', 'may not be specified for non-apply patch'));
  const subject = { group: 'meta.k8s.io', plural: 'patchoptions', kind: 'PatchOptions' };
  return causes.length === 0 ? null : failures.invalid(subject, '', causes);
}

export function servePatch(core: WriteCore, request: ApiRequest): void {
  const { definition, reply, query } = request;
  const type = (request.http.headers['content-type'] ?? '').split(';')[0]!.trim();
  const supported = definition.strategicMerge ? patchTypes : patchTypes.slice(0, 3);
  if (!supported.includes(type)) {
    sendFailure(reply, failures.unsupportedMediaType(supported));
    return;
  }
  const problem = patchOptionsProblem(query, type === patchTypes[2]);
  if (problem !== null) {
    sendFailure(reply, problem);
    return;
  }
  const body = readBody(request.http);
  if (!body.ok) {
    sendFailure(reply, body.error);
    return;
  }
  if (type === patchTypes[2]) {
    if (isRecord(body.value)) {
      serveApply(core, request, body.value);
      return;
    }
    sendFailure(reply, failures.badRequest('an apply patch must be an object'));
    return;
  }
  const warnings: string[] = [];
  const change = (current: StoredObject): WriteResult => {
    const next = patched(request, type, current, body.value);
    if (!next.ok) return next;
    const unknown: string[] = [];
    withoutUnknown(definition.schema, next.value, '', (path) => unknown.push(`unknown field "${path}"`));
    if (unknown.length > 0 && query.get('fieldValidation') === 'Strict') {
      return fail(failures.badRequest(`strict decoding error: ${unknown.join(', ')}`));
    }
    if (query.get('fieldValidation') !== 'Ignore') warnings.push(...unknown);
    return next;
  };
  const result = replaceObject(
    core,
    definition,
    request.namespace,
    request.name!,
    change,
    optionsOf(core, request),
  );
  answer(core, request, result, 200, warnings);
}

function deletionOf(request: ApiRequest): Result<Deletion, ApiFailure> {
  const body = readBody(request.http);
  if (!body.ok) return body;
  const given = isRecord(body.value) ? body.value : {};
  const { query } = request;
  const grace =
    given['gracePeriodSeconds'] ??
    (query.has('gracePeriodSeconds') ? Number(query.get('gracePeriodSeconds')) : undefined);
  const policy = given['propagationPolicy'] ?? query.get('propagationPolicy') ?? undefined;
  const preconditions = isRecord(given['preconditions']) ? given['preconditions'] : {};
  return ok({
    ...(typeof grace === 'number' ? { gracePeriodSeconds: grace } : {}),
    ...(typeof policy === 'string' ? { propagationPolicy: policy } : {}),
    ...(typeof preconditions['uid'] === 'string' ? { uid: preconditions['uid'] } : {}),
    ...(typeof preconditions['resourceVersion'] === 'string'
      ? { resourceVersion: preconditions['resourceVersion'] }
      : {}),
    dryRun: query.get('dryRun') === 'All' || Array.isArray(given['dryRun']),
  });
}

export function serveDelete(core: WriteCore, request: ApiRequest): void {
  const { definition, namespace, name, reply } = request;
  const deletion = deletionOf(request);
  if (!deletion.ok) {
    sendFailure(reply, deletion.error);
    return;
  }
  const result = deleteObject(core, definition, namespace, name!, deletion.value);
  if (!result.ok) {
    sendFailure(reply, result.error);
    return;
  }
  const left = core.store.get(resourceNameOf(definition), namespace, name!);
  if (left !== null) {
    sendBytes(reply, 200, bytesIn(definition, left));
    return;
  }
  const details = {
    name,
    ...(definition.group === '' ? {} : { group: definition.group }),
    kind: definition.plural,
    uid: result.value.metadata.uid,
  };
  sendJson(reply, 200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
}

export function serveDeleteCollection(core: WriteCore, request: ApiRequest): void {
  const { definition, namespace, reply } = request;
  const deletion = deletionOf(request);
  const selected = selection(request);
  if (!deletion.ok) {
    sendFailure(reply, deletion.error);
    return;
  }
  if (!selected.ok) {
    sendFailure(reply, selected.error);
    return;
  }
  const items = core.store.table(resourceNameOf(definition)).list(namespace).filter(selected.value);
  for (const object of items)
    deleteObject(core, definition, object.metadata.namespace, object.metadata.name, deletion.value);
  const metadata = { resourceVersion: String(core.store.version) };
  sendJson(reply, 200, {
    kind: `${definition.kind}List`,
    apiVersion: apiVersionOf(definition),
    metadata,
    items,
  });
}
