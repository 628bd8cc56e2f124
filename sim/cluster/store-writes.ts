// The rules of writing: create, replace and delete, whatever front or patch they come from.
import { uuid4 } from '../../src/base/hash.ts';
import { fail, ok, type Result } from '../../src/base/result.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { HttpReply, HttpRequest } from '../../src/ports/http.ts';
import type { Random } from '../../src/ports/random.ts';
import type { Webhooks } from './admission/webhooks.ts';
import { type FieldCause, failures } from './failure.ts';
import { fieldErrors } from './field-error.ts';
import { sameJson } from './json.ts';
import { validateMetadata } from './object-names.ts';
import { type AdmissionContext, apiVersionOf, type ResourceDefinition, resourceNameOf } from './resource.ts';
import { withDefaults, withoutUnknown } from './schema/structural.ts';
import { type PatternTest, validateValue } from './schema/validate.ts';
import type { Store } from './store.ts';
import type { ApiFailure, StoredObject } from './store-api.ts';
import { formatTime } from './timestamp.ts';

export type WriteResult = Result<StoredObject, ApiFailure>;

export interface WriteOptions {
  /** Everything is checked and answered, nothing is stored. */
  readonly dryRun?: boolean;
  readonly subresource?: 'status' | 'scale' | 'finalize';
  /** What is there before the rules are asked: the object as webhooks have left it, instead of the one that was given. */
  readonly admitted?: () => StoredObject;
  /** The rules are not asked: the object is only to be shown. */
  readonly unchecked?: boolean;
  /** Computes metadata.managedFields of the result. */
  readonly manage?: (before: StoredObject | null, after: StoredObject) => StoredObject;
}

interface Guarded {
  readonly http: HttpRequest;
  readonly reply: HttpReply;
}

export interface WriteCore {
  readonly webhooks: Webhooks;
  /** Runs what comes later than the request itself; if that fails, it is answered as if it had failed at once. */
  readonly guard: (request: Guarded, run: () => void) => void;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly admission: (nowMs: number) => AdmissionContext;
  readonly matches: PatternTest;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type MutableMetadata = Mutable<StoredObject['metadata']> & {
  generateName?: string;
  managedFields?: unknown;
  selfLink?: string;
};

const nameAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

function randomSuffix(random: Random): string {
  let text = '';
  for (let i = 0; i < 5; i++) text += nameAlphabet[random.uint32('api/name') % nameAlphabet.length];
  return text;
}

/** Drops unknown fields, fills defaults, lets the kind add its own. */
function normalize(
  core: WriteCore,
  definition: ResourceDefinition,
  object: StoredObject,
  previous: StoredObject | null,
): StoredObject {
  const known = withoutUnknown(definition.schema, object);
  const filled = withDefaults(definition.schema, known) as StoredObject;
  const nowMs = core.clock.wallMs();
  return definition.prepare?.(filled, previous, core.admission(nowMs)) ?? filled;
}

/** What is judged of metadata are the very same values. */
function sharesMetadata(metadata: StoredObject['metadata'], previous: StoredObject['metadata']): boolean {
  return (
    metadata.labels === previous.labels &&
    metadata.annotations === previous.annotations &&
    metadata.ownerReferences === previous.ownerReferences &&
    metadata.finalizers === previous.finalizers
  );
}

function validate(
  core: WriteCore,
  definition: ResourceDefinition,
  object: StoredObject,
  previous: StoredObject | null,
): ApiFailure | null {
  const found: FieldCause[] = [];
  validateValue(definition.schema, object, '', core.matches, found);
  const { name = '' } = object.metadata;
  // A value of the wrong type makes every further check meaningless.
  if (found.some((cause) => cause.reason === 'FieldValueTypeInvalid'))
    return failures.invalid(definition, name, found);
  const isKnown = previous !== null && sharesMetadata(object.metadata, previous.metadata);
  const causes = [...(isKnown ? [] : validateMetadata(object, definition.nameRule)), ...found];
  causes.push(...(definition.validate?.(object, previous, causes) ?? []));
  return causes.length === 0 ? null : failures.invalid(definition, name, causes);
}

function namespaceProblem(
  core: WriteCore,
  definition: ResourceDefinition,
  object: StoredObject,
): ApiFailure | null {
  if (!definition.namespaced) return null;
  const namespace = object.metadata.namespace ?? '';
  if (namespace === '') {
    return failures.badRequest(`${definition.kind} is namespaced: metadata.namespace is required`);
  }
  const holder = core.store.get('namespaces', undefined, namespace);
  if (holder === null) {
    return failures.notFound({ group: '', plural: 'namespaces', kind: 'Namespace' }, namespace);
  }
  if (holder.metadata.deletionTimestamp === undefined) return null;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  return failures.forbidden(definition, object.metadata.name, why, [
    {
      reason: 'NamespaceTerminating',
      message: `namespace ${namespace} is being terminated`,
      field: 'metadata.namespace',
    },
  ]);
}

export function createObject(
  core: WriteCore,
  definition: ResourceDefinition,
  given: StoredObject,
  options: WriteOptions = {},
): WriteResult {
  const metadata: MutableMetadata = { ...given.metadata };
  if (!definition.namespaced) delete metadata.namespace;
  if (!metadata.name && metadata.generateName)
    metadata.name = metadata.generateName + randomSuffix(core.random);
  if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== '') {
    return fail(failures.badRequest('resourceVersion should not be set on objects to be created'));
  }
  for (const member of [
    'resourceVersion',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'selfLink',
  ] as const) {
    delete metadata[member];
  }
  metadata.uid = uuid4(core.random.bytes('api/uid', 16));
  metadata.creationTimestamp = formatTime(core.clock.wallMs());
  if (definition.generations) metadata.generation = 1;
  else delete metadata.generation;
  const { status: _status, ...rest } = given;
  const bare = definition.statusSubresource ? rest : given;
  const typed = {
    ...bare,
    apiVersion: apiVersionOf(definition),
    kind: definition.kind,
    metadata,
  } as StoredObject;
  const refused = namespaceProblem(core, definition, typed);
  if (refused !== null) return fail(refused);
  const wanted = options.admitted?.() ?? typed;
  const name = wanted.metadata.name ?? '';
  if (core.store.get(resourceNameOf(definition), metadata.namespace, name) !== null) {
    return fail(failures.alreadyExists(definition, name));
  }
  const object = normalize(core, definition, wanted, null);
  const invalid = options.unchecked === true ? null : validate(core, definition, object, null);
  if (invalid !== null) return fail(invalid);
  const managed = options.manage?.(null, object) ?? object;
  if (options.dryRun === true) return ok(managed);
  return ok(core.store.commit(resourceNameOf(definition), 'ADDED', managed, null));
}

/** Spec, data and everything else but metadata and status: what a generation counts. */
function contentDiffers(before: StoredObject, after: StoredObject): boolean {
  const members = new Set([...Object.keys(before), ...Object.keys(after)]);
  members.delete('metadata');
  members.delete('status');
  for (const member of members) if (!sameJson(before[member], after[member])) return true;
  return false;
}

function metadataProblem(
  definition: ResourceDefinition,
  current: StoredObject,
  wanted: StoredObject,
): ApiFailure | null {
  const { metadata } = wanted;
  const { name } = current.metadata;
  if (metadata.uid !== undefined && metadata.uid !== '' && metadata.uid !== current.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${current.metadata.uid}`;
    return failures.conflict(definition, name, why);
  }
  const version = metadata.resourceVersion ?? '';
  if (version !== '' && version !== '0' && version !== current.metadata.resourceVersion) {
    return failures.modified(definition, name);
  }
  if (current.metadata.deletionTimestamp === undefined) return null;
  const before = new Set(current.metadata.finalizers ?? []);
  const added = (metadata.finalizers ?? []).filter((finalizer) => !before.has(finalizer));
  if (added.length === 0) return null;
  const list = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
  const why = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
  return failures.invalid(definition, name, [fieldErrors.forbidden('metadata.finalizers', why)]);
}

/** Members of metadata that only the server sets. */
const fixedMembers = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'resourceVersion',
  'generateName',
] as const;
const isFixed: ReadonlySet<string> = new Set(fixedMembers);

/** `wanted` with the fixed members of `fixed`. Built up, never deleted from: that would make every later look at it slow. */
function withFixed(fixed: StoredObject['metadata'], wanted: StoredObject['metadata']): MutableMetadata {
  if (wanted === fixed) return { ...fixed };
  const metadata: Record<string, unknown> = {};
  for (const [member, value] of Object.entries(wanted)) {
    const settled = isFixed.has(member) ? fixed[member as keyof typeof fixed] : value;
    if (settled !== undefined) metadata[member] = settled;
  }
  for (const member of fixedMembers) {
    const value = (fixed as MutableMetadata)[member];
    if (value !== undefined) metadata[member] = value;
  }
  return metadata as unknown as MutableMetadata;
}

/** The wanted object with everything that the caller may not change taken from the current one. */
function settle(
  definition: ResourceDefinition,
  current: StoredObject,
  wanted: StoredObject,
  subresource: WriteOptions['subresource'],
): StoredObject {
  const metadata = withFixed(current.metadata, subresource === 'status' ? current.metadata : wanted.metadata);
  const wantedManaged = (wanted.metadata as MutableMetadata).managedFields;
  if (wantedManaged !== undefined) metadata.managedFields = wantedManaged;
  const identity = { apiVersion: current.apiVersion, kind: current.kind, metadata };
  if (subresource === 'status') return { ...current, ...identity, status: wanted.status };
  const next: Mutable<StoredObject> = { ...wanted, ...identity };
  if (!definition.statusSubresource || subresource === 'finalize') return next;
  if (current.status === undefined) delete next.status;
  else next.status = current.status;
  return next;
}

/** Nothing holds the object any more: the last finalizer of an object under deletion has gone. */
function releases(object: StoredObject): boolean {
  if (object.metadata.deletionTimestamp === undefined) return false;
  if ((object.metadata.finalizers ?? []).length > 0) return false;
  if (object.kind === 'Namespace') {
    const finalizers = object.spec?.['finalizers'];
    return !Array.isArray(finalizers) || finalizers.length === 0;
  }
  return (object.metadata.deletionGracePeriodSeconds ?? 0) === 0;
}

function removeObject(core: WriteCore, definition: ResourceDefinition, object: StoredObject): StoredObject {
  const resource = resourceNameOf(definition);
  const previous = core.store.get(resource, object.metadata.namespace, object.metadata.name);
  return core.store.commit(resource, 'DELETED', object, previous);
}

/** One read-change-write: `change` is given the current object and answers the wanted one. */
export function replaceObject(
  core: WriteCore,
  definition: ResourceDefinition,
  namespace: string | undefined,
  name: string,
  change: (current: StoredObject) => WriteResult,
  options: WriteOptions = {},
): WriteResult {
  const resource = resourceNameOf(definition);
  const current = core.store.get(resource, definition.namespaced ? namespace : undefined, name);
  if (current === null) return fail(failures.notFound(definition, name));
  const changed = change(current);
  if (!changed.ok) return changed;
  const wanted = changed.value;
  const refused = metadataProblem(definition, current, wanted);
  if (refused !== null) return fail(refused);
  const settled = settle(definition, current, options.admitted?.() ?? wanted, options.subresource);
  const next = normalize(core, definition, settled, current);
  const invalid = options.unchecked === true ? null : validate(core, definition, next, current);
  if (invalid !== null) return fail(invalid);
  const managed = options.manage?.(current, next) ?? next;
  if (sameJson(managed, current)) return ok(current);
  let final = managed;
  if (definition.generations && contentDiffers(current, managed)) {
    const generation = (current.metadata.generation ?? 0) + 1;
    final = { ...managed, metadata: { ...managed.metadata, generation } };
  }
  if (options.dryRun === true) return ok(final);
  if (releases(final)) return ok(removeObject(core, definition, final));
  return ok(core.store.commit(resource, 'MODIFIED', final, current));
}

export interface Deletion {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly dryRun?: boolean;
}

/** Seconds that the object lives on after the request. Only pods that run somewhere get any. */
function graceSecondsOf(object: StoredObject, asked: number | undefined): number {
  if (object.kind !== 'Pod' || object.apiVersion !== 'v1') return 0;
  const phase = object.status?.['phase'];
  if (!object.spec?.['nodeName'] || phase === 'Succeeded' || phase === 'Failed') return 0;
  const own = object.spec['terminationGracePeriodSeconds'];
  const seconds = asked ?? (typeof own === 'number' ? own : 30);
  return seconds < 0 ? 1 : seconds;
}

function finalizersUnder(object: StoredObject, policy: string | undefined): readonly string[] {
  const kept = (object.metadata.finalizers ?? []).filter(
    (finalizer) => policy === undefined || (finalizer !== 'foregroundDeletion' && finalizer !== 'orphan'),
  );
  if (policy === 'Foreground') return [...kept, 'foregroundDeletion'];
  return policy === 'Orphan' ? [...kept, 'orphan'] : kept;
}

function preconditionProblem(
  definition: ResourceDefinition,
  current: StoredObject,
  deletion: Deletion,
): ApiFailure | null {
  const { name, uid, resourceVersion } = current.metadata;
  if (deletion.uid !== undefined && deletion.uid !== uid) {
    const why = `Precondition failed: UID in precondition: ${deletion.uid}, UID in object meta: ${uid}`;
    return failures.conflict(definition, name, why);
  }
  if (deletion.resourceVersion !== undefined && deletion.resourceVersion !== resourceVersion) {
    const why = `Precondition failed: ResourceVersion in precondition: ${deletion.resourceVersion}, ResourceVersion in object meta: ${resourceVersion}`;
    return failures.conflict(definition, name, why);
  }
  return null;
}

/** The state of an object under deletion: stamped once; a later, shorter grace period moves the end forward. */
function markDeleted(
  core: WriteCore,
  current: StoredObject,
  graceSeconds: number,
  finalizers: readonly string[],
): StoredObject {
  const metadata: MutableMetadata = { ...current.metadata };
  const already = metadata.deletionTimestamp !== undefined;
  const shorter = graceSeconds < (metadata.deletionGracePeriodSeconds ?? Number.POSITIVE_INFINITY);
  if (!already || shorter) {
    metadata.deletionTimestamp = formatTime(core.clock.wallMs() + graceSeconds * 1000);
    metadata.deletionGracePeriodSeconds = graceSeconds;
    if (!already && metadata.generation !== undefined) metadata.generation++;
  }
  if (finalizers.length === 0) delete metadata.finalizers;
  else metadata.finalizers = finalizers;
  const marked: StoredObject = { ...current, metadata };
  return current.kind === 'Namespace'
    ? { ...marked, status: { ...current.status, phase: 'Terminating' } }
    : marked;
}

const immortalNamespaces: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

function isImmortal({ kind, apiVersion, metadata }: StoredObject): boolean {
  return kind === 'Namespace' && apiVersion === 'v1' && immortalNamespaces.has(metadata.name);
}

export function deleteObject(
  core: WriteCore,
  definition: ResourceDefinition,
  namespace: string | undefined,
  name: string,
  deletion: Deletion = {},
): WriteResult {
  const resource = resourceNameOf(definition);
  const current = core.store.get(resource, definition.namespaced ? namespace : undefined, name);
  if (current === null) return fail(failures.notFound(definition, name));
  if (isImmortal(current))
    return fail(failures.forbidden(definition, name, 'this namespace may not be deleted'));
  const refused = preconditionProblem(definition, current, deletion);
  if (refused !== null) return fail(refused);
  const grace = graceSecondsOf(current, deletion.gracePeriodSeconds);
  const marked = markDeleted(core, current, grace, finalizersUnder(current, deletion.propagationPolicy));
  if (deletion.dryRun === true) return ok(current);
  if (releases(marked)) {
    // The last state is what watchers saw, unless it was never marked.
    return ok(
      removeObject(core, definition, current.metadata.deletionTimestamp === undefined ? current : marked),
    );
  }
  if (sameJson(marked, current)) return ok(current);
  return ok(core.store.commit(resource, 'MODIFIED', marked, current));
}
