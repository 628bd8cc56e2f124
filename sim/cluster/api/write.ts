// create and update over HTTP: bodies in, the rules of the store, answers out.
import { ok } from '../../../src/base/result.ts';
import { failures } from '../failure.ts';
import { createObject, replaceObject, type WriteCore } from '../store-writes.ts';
import { readAccepted, storedDefinition, writtenIn } from './accept.ts';
import { answer, perform } from './perform.ts';
import type { ApiRequest } from './request.ts';
import { sendFailure } from './respond.ts';

export function serveCreate(core: WriteCore, request: ApiRequest): void {
  const accepted = readAccepted(request);
  if (accepted === null) return;
  const { object, warnings } = accepted;
  const definition = storedDefinition(core, request);
  perform(
    core,
    request,
    'CREATE',
    (options) => createObject(core, definition, object, options),
    (performed) => answer(core, request, performed.result, 201, [...warnings, ...performed.warnings]),
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
  const { namespace, name } = request;
  perform(
    core,
    request,
    'UPDATE',
    (options) => replaceObject(core, writtenIn(core, request), namespace, name!, () => ok(object), options),
    (performed) => answer(core, request, performed.result, 200, [...warnings, ...performed.warnings]),
  );
}
