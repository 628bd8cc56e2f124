// delete over HTTP: one object or all that are selected.
import type { Result } from '../../../src/base/result.ts';
import { isRecord } from '../json.ts';
import { apiVersionOf, resourceNameOf } from '../resource.ts';
import type { ApiFailure, StoredObject } from '../store-api.ts';
import { type Deletion, deleteObject, type WriteCore } from '../store-writes.ts';
import { readDeletion } from './deletion.ts';
import { type Attempt, perform, warningHeaders } from './perform.ts';
import { selection } from './read.ts';
import { type ApiRequest, readBody } from './request.ts';
import { bytesIn, sendBytes, sendFailure, sendJson } from './respond.ts';

function deletionOf(request: ApiRequest): Result<Deletion, ApiFailure> {
  const body = readBody(request.http);
  if (!body.ok) return body;
  return readDeletion(isRecord(body.value) ? body.value : {}, request.query);
}

function attemptOf(core: WriteCore, request: ApiRequest, deletion: Deletion): Attempt {
  const { definition, namespace, name } = request;
  return (options) =>
    deleteObject(core, definition, namespace, name!, {
      ...deletion,
      dryRun: deletion.dryRun === true || options.dryRun === true,
    });
}

export function serveDelete(core: WriteCore, request: ApiRequest): void {
  const { reply } = request;
  const deletion = deletionOf(request);
  if (!deletion.ok) {
    sendFailure(reply, deletion.error);
    return;
  }
  perform(core, request, 'DELETE', attemptOf(core, request, deletion.value), ({ result, warnings }) => {
    if (result.ok) sendDeleted(core, request, result.value, warnings);
    else sendFailure(reply, result.error);
  });
}

function sendDeleted(
  core: WriteCore,
  request: ApiRequest,
  deleted: StoredObject,
  warnings: readonly string[],
): void {
  const { definition, namespace, name, reply } = request;
  const headers = warningHeaders(warnings);
  const left = core.store.get(resourceNameOf(definition), namespace, name!);
  // Another one of the same name may be there already, made by a controller as soon as this one had gone.
  if (left !== null && left.metadata.uid === deleted.metadata.uid) {
    sendBytes(reply, 200, bytesIn(definition, left), headers);
    return;
  }
  const details = {
    name,
    ...(definition.group === '' ? {} : { group: definition.group }),
    kind: definition.plural,
    uid: deleted.metadata.uid,
  };
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
  sendJson(reply, 200, status, headers);
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
  deleteEach(core, request, deletion.value, items, (problem) => {
    if (problem !== null) {
      sendFailure(reply, problem);
      return;
    }
    sendJson(reply, 200, {
      kind: `${definition.kind}List`,
      apiVersion: apiVersionOf(definition),
      metadata: { resourceVersion: String(core.store.version) },
      items,
    });
  });
}

/** One after the other; the first that is refused ends it. What is gone by its turn is left out. */
function deleteEach(
  core: WriteCore,
  request: ApiRequest,
  deletion: Deletion,
  items: readonly StoredObject[],
  done: (problem: ApiFailure | null) => void,
): void {
  const addressed = items.map(
    ({ metadata: { namespace, name } }): ApiRequest => ({ ...request, namespace, name }),
  );
  if (!core.webhooks.concern(request, 'DELETE')) {
    for (const one of addressed) attemptOf(core, one, deletion)({});
    done(null);
    return;
  }
  const next = (index: number): void => {
    const one = addressed[index];
    if (one === undefined) {
      done(null);
      return;
    }
    perform(core, one, 'DELETE', attemptOf(core, one, deletion), ({ result }) => {
      if (result.ok || result.error.reason === 'NotFound') next(index + 1);
      else done(result.error);
    });
  };
  next(0);
}
