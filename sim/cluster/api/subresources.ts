// Scale, logs and evictions: what hangs below an object beside its status.
import { ok } from '../../../src/base/result.ts';
import { failures } from '../failure.ts';
import { at } from '../json.ts';
import { jsonPatch } from '../patch/json-patch.ts';
import { mergePatch } from '../patch/merge-patch.ts';
import { resourceNameOf } from '../resource.ts';
import type { StoredObject } from '../store-api.ts';
import { deleteObject, replaceObject, type WriteCore } from '../store-writes.ts';
import { selectorText } from '../table/cells.ts';
import { type ApiRequest, readBody } from './request.ts';
import { sendFailure, sendJson } from './respond.ts';

function scaleOf(object: StoredObject): Record<string, unknown> {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = selectorText(object.spec?.['selector']);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: object.spec?.['replicas'] ?? 0 },
    status: { replicas: object.status?.['replicas'] ?? 0, ...(selector === '<none>' ? {} : { selector }) },
  };
}

export function serveScale(core: WriteCore, request: ApiRequest): void {
  const { definition, namespace, name, reply, http } = request;
  const current = core.store.get(resourceNameOf(definition), namespace, name!);
  if (current === null) {
    sendFailure(reply, failures.notFound(definition, name!));
    return;
  }
  if (http.method === 'GET') {
    sendJson(reply, 200, scaleOf(current));
    return;
  }
  const body = readBody(http);
  if (!body.ok) {
    sendFailure(reply, body.error);
    return;
  }
  const type = http.headers['content-type'] ?? '';
  const listed = type.startsWith('application/json-patch+json')
    ? jsonPatch(scaleOf(current), body.value)
    : null;
  if (listed?.ok === false) {
    sendFailure(reply, failures.badRequest(listed.error));
    return;
  }
  const wanted =
    listed?.ok === true
      ? listed.value
      : http.method === 'PUT'
        ? body.value
        : mergePatch(scaleOf(current), body.value);
  const replicas = at(wanted, 'spec', 'replicas') ?? 0;
  const version = at(wanted, 'metadata', 'resourceVersion');
  const result = replaceObject(
    core,
    definition,
    namespace,
    name!,
    (live) => {
      const metadata =
        typeof version === 'string' && version !== ''
          ? { ...live.metadata, resourceVersion: version }
          : live.metadata;
      return ok({ ...live, metadata, spec: { ...live.spec, replicas } });
    },
    { dryRun: request.query.get('dryRun') === 'All' },
  );
  if (!result.ok) {
    sendFailure(reply, result.error);
    return;
  }
  sendJson(reply, 200, scaleOf(result.value));
}

export function serveEviction(core: WriteCore, request: ApiRequest): void {
  const result = deleteObject(core, request.definition, request.namespace, request.name!, {});
  if (!result.ok) {
    sendFailure(request.reply, result.error);
    return;
  }
  sendJson(request.reply, 201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' });
}
