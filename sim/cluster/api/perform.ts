// One write from trial to answer. Where webhooks want to be asked it is tried first, shown to them, and then done as they
// have left it; if the object has changed in the meantime, from the beginning.
import { type Admission, admit } from '../admission/admission.ts';
import type { Operation } from '../admission/webhook.ts';
import { failures } from '../failure.ts';
import { resourceNameOf } from '../resource.ts';
import type { StoredObject } from '../store-api.ts';
import type { WriteCore, WriteOptions, WriteResult } from '../store-writes.ts';
import { tableOf } from '../table/table.ts';
import { optionsOf } from './accept.ts';
import type { ApiRequest } from './request.ts';
import { bytesAs, sendBytes, sendFailure, sendJson } from './respond.ts';

/** The write with these options: as often as asked, each time on what is there by then. */
export type Attempt = (options: WriteOptions) => WriteResult;

const attemptsMax = 5;

export interface Performed {
  readonly result: WriteResult;
  readonly warnings: readonly string[];
}

export function warningHeaders(warnings: readonly string[]): Record<string, string> {
  return warnings.length === 0
    ? {}
    : { warning: warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(', ') };
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
  const headers = warningHeaders(told);
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

function currentOf(core: WriteCore, { definition, namespace, name }: ApiRequest): StoredObject | null {
  if (name === undefined) return null;
  return core.store.get(resourceNameOf(definition), definition.namespaced ? namespace : undefined, name);
}

export function perform(
  core: WriteCore,
  request: ApiRequest,
  operation: Operation,
  attempt: Attempt,
  done: (performed: Performed) => void,
): void {
  const options = optionsOf(core, request);
  if (!core.webhooks.concern(request, operation)) {
    done({ result: attempt(options), warnings: [] });
    return;
  }
  tryOnce(core, request, operation, attempt, done, attemptsMax);
}

function tryOnce(
  core: WriteCore,
  request: ApiRequest,
  operation: Operation,
  attempt: Attempt,
  done: (performed: Performed) => void,
  attemptsLeft: number,
): void {
  const { manage, ...options } = optionsOf(core, request);
  const before = currentOf(core, request);
  const tried = attempt({ ...options, dryRun: true, unchecked: true });
  if (!tried.ok) {
    done({ result: tried, warnings: [] });
    return;
  }
  const admission: Admission = {
    request,
    operation,
    object: operation === 'DELETE' ? null : tried.value,
    oldObject: before,
    dryRun: options.dryRun === true,
  };
  const check = (object: StoredObject | null): WriteResult =>
    attempt({ ...options, dryRun: true, ...(object === null ? {} : { admitted: () => object }) });
  admit(core, admission, check, ({ result, warnings }) => {
    if (!result.ok) {
      done({ result, warnings });
      return;
    }
    const isSame = currentOf(core, request)?.metadata.resourceVersion === before?.metadata.resourceVersion;
    if (!isSame && attemptsLeft > 1) tryOnce(core, request, operation, attempt, done, attemptsLeft - 1);
    else if (!isSame)
      done({
        result: { ok: false, error: failures.modified(request.definition, request.name ?? '') },
        warnings,
      });
    else {
      const admitted = operation === 'DELETE' ? {} : { admitted: () => result.value };
      const managed = manage === undefined ? {} : { manage };
      done({ result: attempt({ ...options, ...managed, ...admitted }), warnings });
    }
  });
}
