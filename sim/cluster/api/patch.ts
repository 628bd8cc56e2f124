// patch over HTTP: JSON patches, merges, strategic merges and applied configurations.
import { fail, ok } from '../../../src/base/result.ts';
import { type FieldCause, failures } from '../failure.ts';
import { fieldErrors } from '../field-error.ts';
import { isRecord } from '../json.ts';
import { applyConfiguration } from '../patch/apply.ts';
import { jsonPatch } from '../patch/json-patch.ts';
import { mergePatch } from '../patch/merge-patch.ts';
import { strategicMerge } from '../patch/strategic-merge.ts';
import { resourceNameOf } from '../resource.ts';
import { withoutUnknown } from '../schema/structural.ts';
import type { ApiFailure, StoredObject } from '../store-api.ts';
import {
  createObject,
  replaceObject,
  type WriteCore,
  type WriteOptions,
  type WriteResult,
} from '../store-writes.ts';
import { accept, storedDefinition, writerOf, writtenIn } from './accept.ts';
import { answer, perform } from './perform.ts';
import { type ApiRequest, readBody } from './request.ts';
import { sendFailure } from './respond.ts';

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
  const own = writtenIn(core, request);
  const wanted = ownPart(request, object);
  const writer = writerOf(core, request);
  const force = query.get('force') === 'true';
  const missing = core.store.get(resourceNameOf(definition), namespace, name!) === null;
  const { resourceVersion, uid } = object.metadata;
  // The applied configuration may carry a version and a uid as preconditions.
  const preconditions = {
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(uid === undefined ? {} : { uid }),
  };
  const applied = (live: StoredObject | null): WriteResult => {
    const result = applyConfiguration(live === null ? stored : own, live, wanted, writer, force);
    if (!result.ok || live === null) return result;
    return ok({ ...result.value, metadata: { ...result.value.metadata, ...preconditions } });
  };
  const attempt = ({ manage: _manage, ...options }: WriteOptions): WriteResult => {
    if (core.store.get(resourceNameOf(definition), namespace, name!) !== null)
      return replaceObject(core, own, namespace, name!, applied, options);
    const created = applied(null);
    return created.ok ? createObject(core, stored, created.value, options) : created;
  };
  perform(core, request, missing ? 'CREATE' : 'UPDATE', attempt, (performed) =>
    answer(core, request, performed.result, missing ? 201 : 200, [...warnings, ...performed.warnings]),
  );
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
  const warnings: Set<string> = new Set();
  const { conversion } = definition;
  const change = (current: StoredObject): WriteResult => {
    const shown = conversion?.fromStored(current) ?? current;
    const next = patched(request, type, shown, body.value);
    if (!next.ok) return next;
    const unknown: string[] = [];
    withoutUnknown(definition.schema, next.value, '', (path) => unknown.push(`unknown field "${path}"`));
    if (unknown.length > 0 && query.get('fieldValidation') === 'Strict') {
      return fail(failures.badRequest(`strict decoding error: ${unknown.join(', ')}`));
    }
    if (query.get('fieldValidation') !== 'Ignore') for (const text of unknown) warnings.add(text);
    return conversion === undefined ? next : ok(conversion.toStored(next.value));
  };
  const { namespace, name } = request;
  perform(
    core,
    request,
    'UPDATE',
    (options) => replaceObject(core, writtenIn(core, request), namespace, name!, change, options),
    (performed) => answer(core, request, performed.result, 200, [...warnings, ...performed.warnings]),
  );
}
