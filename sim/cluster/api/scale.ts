// Scale: how many there are of something, in the same words for every kind.
import { ok } from '../../../src/base/result.ts';
import { failures } from '../failure.ts';
import { at, recordOf, textAt } from '../json.ts';
import { jsonPatch } from '../patch/json-patch.ts';
import { mergePatch } from '../patch/merge-patch.ts';
import { type ResourceDefinition, resourceNameOf, type ScalePaths } from '../resource.ts';
import type { StoredObject } from '../store-api.ts';
import { replaceObject, type WriteCore } from '../store-writes.ts';
import { selectorText } from '../table/cells.ts';
import { optionsOf } from './accept.ts';
import { type ApiRequest, readBody } from './request.ts';
import { sendFailure, sendJson } from './respond.ts';

function countAt(object: StoredObject, path: readonly string[]): unknown {
  return at(object, ...path) ?? 0;
}

function selectorOf(object: StoredObject, paths: ScalePaths | undefined): string {
  if (paths === undefined) return selectorText(object.spec?.['selector']);
  return (paths.selector === null ? '' : textAt(object, ...paths.selector)) || '<none>';
}

/** The object with a member somewhere below changed. */
function withMember(object: unknown, path: readonly string[], value: unknown): unknown {
  const [member, ...rest] = path;
  return member === undefined
    ? value
    : { ...recordOf(object), [member]: withMember(at(object, member), rest, value) };
}

const wantedPath = ['spec', 'replicas'];
const foundPath = ['status', 'replicas'];

function scaleOf({ scalePaths }: ResourceDefinition, object: StoredObject): Record<string, unknown> {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = selectorOf(object, scalePaths);
  const found = countAt(object, scalePaths?.found ?? foundPath);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: countAt(object, scalePaths?.wanted ?? wantedPath) },
    status: { replicas: found, ...(selector === '<none>' ? {} : { selector }) },
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
    sendJson(reply, 200, scaleOf(definition, current));
    return;
  }
  const body = readBody(http);
  if (!body.ok) {
    sendFailure(reply, body.error);
    return;
  }
  const type = http.headers['content-type'] ?? '';
  const listed = type.startsWith('application/json-patch+json')
    ? jsonPatch(scaleOf(definition, current), body.value)
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
        : mergePatch(scaleOf(definition, current), body.value);
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
      const changed = withMember(live, definition.scalePaths?.wanted ?? wantedPath, replicas);
      return ok({ ...(changed as StoredObject), metadata });
    },
    optionsOf(core, request),
  );
  if (!result.ok) {
    sendFailure(reply, result.error);
    return;
  }
  sendJson(reply, 200, scaleOf(definition, result.value));
}
