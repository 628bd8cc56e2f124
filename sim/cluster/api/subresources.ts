// Scale, logs and evictions: what hangs below an object beside its status.
import { ok } from '../../../src/base/result.ts';
import { failures } from '../failure.ts';
import { at, isRecord } from '../json.ts';
import { jsonPatch } from '../patch/json-patch.ts';
import { mergePatch } from '../patch/merge-patch.ts';
import { resourceNameOf } from '../resource.ts';
import type { StoredObject } from '../store-api.ts';
import { deleteObject, replaceObject, type WriteCore } from '../store-writes.ts';
import { selectorText } from '../table/cells.ts';
import type { PodLogs } from './logs.ts';
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
  if (current === null) return sendFailure(reply, failures.notFound(definition, name!));
  if (http.method === 'GET') return sendJson(reply, 200, scaleOf(current));
  const body = readBody(http);
  if (!body.ok) return sendFailure(reply, body.error);
  const type = http.headers['content-type'] ?? '';
  const listed = type.startsWith('application/json-patch+json')
    ? jsonPatch(scaleOf(current), body.value)
    : null;
  if (listed?.ok === false) return sendFailure(reply, failures.badRequest(listed.error));
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
  if (!result.ok) return sendFailure(reply, result.error);
  sendJson(reply, 200, scaleOf(result.value));
}

export function serveEviction(core: WriteCore, request: ApiRequest): void {
  const result = deleteObject(core, request.definition, request.namespace, request.name!, {});
  if (!result.ok) return sendFailure(request.reply, result.error);
  sendJson(request.reply, 201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' });
}

export function serveLogs(core: WriteCore, request: ApiRequest, logs: PodLogs | null): void {
  const { definition, namespace, name, reply, query } = request;
  const pod = core.store.get('pods', namespace, name!);
  if (pod === null) return sendFailure(reply, failures.notFound(definition, name!));
  const list = at(pod.spec, 'containers');
  const names = (Array.isArray(list) ? list : []).map((item) => (isRecord(item) ? String(item['name']) : ''));
  const container = query.get('container') || names[0] || '';
  if (!names.includes(container)) {
    return sendFailure(reply, failures.badRequest(`container ${container} is not valid for pod ${name}`));
  }
  const text = logs?.read(namespace!, name!, { container, previous: query.get('previous') === 'true' });
  if (text === undefined || !text.ok) {
    const why = text === undefined ? 'this cluster runs no containers' : text.error;
    return sendFailure(
      reply,
      failures.badRequest(`container "${container}" in pod "${name}" has no logs: ${why}`),
    );
  }
  let lines = text.value.split('\n');
  const tail = Number(query.get('tailLines') ?? -1);
  if (lines.at(-1) === '') lines = lines.slice(0, -1);
  if (query.has('tailLines') && tail >= 0) lines = tail === 0 ? [] : lines.slice(-tail);
  reply.head(200, { 'content-type': 'text/plain' });
  reply.end(lines.map((one) => `${one}\n`).join(''));
}
