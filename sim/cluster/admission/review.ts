// admission.k8s.io/v1: the question that a webhook is asked, and its answer as it can be trusted.
import { fail, ok, type Result } from '../../../src/base/result.ts';
import { arrayOf, isRecord, recordOf, textAt } from '../json.ts';
import { jsonPatch } from '../patch/json-patch.ts';
import { apiVersionOf } from '../resource.ts';
import type { ApiFailure, StoredObject } from '../store-api.ts';
import type { Admission } from './admission.ts';
import type { Webhook } from './webhook.ts';

/** The only user of this cluster. */
export const clusterUser = {
  username: 'tidegate',
  groups: ['system:masters', 'system:authenticated'],
} as const;

const reviewVersion = 'admission.k8s.io/v1';

export function reviewRequest(admission: Admission, uid: string): Record<string, unknown> {
  const { request, operation, object, oldObject, dryRun } = admission;
  const { group, version, kind, plural } = request.definition;
  const kindOf = { group, version, kind };
  const resource = { group, version, resource: plural };
  const sub = request.subresource === undefined ? {} : { subResource: request.subresource };
  const asked = request.subresource === undefined ? {} : { requestSubResource: request.subresource };
  const optionsKind = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' }[
    operation
  ];
  const shown = (one: StoredObject | null): StoredObject | null =>
    one === null ? null : { ...one, apiVersion: apiVersionOf(request.definition) };
  return {
    uid,
    kind: kindOf,
    resource,
    ...sub,
    requestKind: kindOf,
    requestResource: resource,
    ...asked,
    name: object?.metadata.name ?? oldObject?.metadata.name ?? request.name ?? '',
    ...(request.namespace === undefined ? {} : { namespace: request.namespace }),
    operation,
    userInfo: clusterUser,
    object: shown(object),
    oldObject: shown(oldObject),
    dryRun,
    options: { apiVersion: 'meta.k8s.io/v1', kind: optionsKind },
  };
}

export function reviewDocument(request: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { kind: 'AdmissionReview', apiVersion: reviewVersion, request };
}

export interface Verdict {
  readonly allowed: boolean;
  /** Why not, as the webhook says it. */
  readonly status: Readonly<Record<string, unknown>>;
  /** null: the object stays as it is. */
  readonly patched: StoredObject | null;
  readonly warnings: readonly string[];
}

const warningsMax = 20;
const warningCharsMax = 256;

/** Fails where the answer cannot be used, in which case the webhook counts as not reached. */
export function readReview(
  text: string,
  uid: string,
  webhook: Webhook,
  object: StoredObject | null,
): Result<Verdict> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return fail('the response is not JSON');
  }
  const response = recordOf(recordOf(document)['response']);
  if (textAt(document, 'apiVersion') !== reviewVersion || textAt(document, 'kind') !== 'AdmissionReview')
    return fail(`expected webhook response of ${reviewVersion}, Kind=AdmissionReview`);
  if (response['uid'] !== uid)
    return fail(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response['uid'] ?? '')}`);
  const patched = patchedBy(response, webhook, object);
  if (!patched.ok) return patched;
  const warnings = arrayOf(response['warnings']).map(String).slice(0, warningsMax);
  return ok({
    allowed: response['allowed'] === true,
    status: recordOf(response['status']),
    patched: patched.value,
    warnings: warnings.map((warning) => warning.slice(0, warningCharsMax)),
  });
}

/** Whatever a webhook has made of it: it is still the object that was written. */
function sameIdentity(object: StoredObject, patched: unknown): Result<StoredObject> {
  if (!isRecord(patched) || !isRecord(patched['metadata'])) return fail('the patch leaves no object');
  const { namespace, uid } = object.metadata;
  const metadata: Record<string, unknown> = { ...patched['metadata'], name: object.metadata.name };
  if (namespace !== undefined) metadata['namespace'] = namespace;
  if (uid !== undefined) metadata['uid'] = uid;
  const { apiVersion, kind } = object;
  return ok({ ...patched, apiVersion, kind, metadata } as unknown as StoredObject);
}

function patchedBy(
  response: Readonly<Record<string, unknown>>,
  webhook: Webhook,
  object: StoredObject | null,
): Result<StoredObject | null> {
  const patch = response['patch'];
  if (typeof patch !== 'string' || patch === '' || response['allowed'] !== true) return ok(null);
  if (webhook.kind === 'validating') return fail('a validating webhook may not patch');
  if (response['patchType'] !== 'JSONPatch')
    return fail(`unsupported patchType ${JSON.stringify(response['patchType'] ?? '')}`);
  if (object === null) return fail('there is no object to patch');
  try {
    const result = jsonPatch(object, JSON.parse(Buffer.from(patch, 'base64').toString('utf8')));
    if (!result.ok) return fail(`the patch cannot be applied: ${result.error}`);
    return sameIdentity(object, result.value);
  } catch {
    return fail('the patch is not JSON');
  }
}

/** In the words of a real server. */
export function denial(webhook: Webhook, status: Readonly<Record<string, unknown>>): ApiFailure {
  const by = `admission webhook ${JSON.stringify(webhook.name)} denied the request`;
  const message = textAt(status, 'message');
  const reason = textAt(status, 'reason');
  const code = typeof status['code'] === 'number' && status['code'] >= 400 ? status['code'] : 400;
  const why = message === '' ? (reason === '' ? ' without explanation' : `: ${reason}`) : `: ${message}`;
  return {
    code,
    reason,
    message: `${by}${why}`,
    ...(isRecord(status['details']) ? { details: status['details'] } : {}),
  };
}
