// Operations that write: create, update, patch, apply, also such as have to be refused.
import { finalizer, kinds, objectOf } from './kinds.ts';
import { type Known, keyOf, type Model, takeIn, takeOut, type WritableModel } from './model.ts';
import type { Answer, Draw, Operation } from './operation.ts';

const strict = 'fieldManager=script&fieldValidation=Strict';
const json = 'application/json';

export function known(model: Model, { kind, name }: Draw): Known | undefined {
  return model.objects.get(keyOf(kind, name));
}

export function pathOf({ kind, name }: Draw): string {
  return `${kinds[kind].path}/${name}`;
}

function learn(model: WritableModel, { kind, name }: Draw, { status, body }: Answer): void {
  if (status < 300) takeIn(model, kind, name, body);
}

const exists = (model: Model, draw: Draw): boolean => known(model, draw) !== undefined;

/** Widgets may not be updated without a version. */
function updated(model: Model, draw: Draw, version: string): unknown {
  const metadata = version === '' ? {} : { resourceVersion: version };
  const held = known(model, draw)?.held === true ? { finalizers: [finalizer] } : {};
  return objectOf(draw.kind, draw.name, draw.color, draw.value, { ...metadata, ...held });
}

const create: Operation = {
  name: 'create',
  weight: 8,
  request: (_model, draw) => ({
    method: 'POST',
    path: `${kinds[draw.kind].path}?${strict}`,
    body: objectOf(
      draw.kind,
      draw.name,
      draw.color,
      draw.value,
      draw.choice < 2 ? { finalizers: [finalizer] } : {},
    ),
  }),
  wanted: (model, draw) => (exists(model, draw) ? 409 : 201),
  learn,
};

const createDry: Operation = {
  name: 'create, dry run',
  weight: 1,
  request: (_model, draw) => ({
    method: 'POST',
    path: `${kinds[draw.kind].path}?${strict}&dryRun=All`,
    body: objectOf(draw.kind, draw.name, draw.color, draw.value),
  }),
  wanted: (model, draw) => (exists(model, draw) ? 409 : 201),
};

const wrongBodies: readonly (readonly [body: (draw: Draw) => unknown, status: number])[] = [
  [({ kind, color, value }) => objectOf(kind, 'Not_A_Name', color, value), 422],
  [({ kind, name, color, value }) => ({ ...objectOf(kind, name, color, value), unheardOf: true }), 400],
  [({ kind, name, color, value }) => ({ ...objectOf(kind, name, color, value), kind: 'Other' }), 400],
  [({ kind, name, color, value }) => ({ ...objectOf(kind, name, color, value), apiVersion: 'v9' }), 400],
  [({ kind, name, color, value }) => objectOf(kind, name, color, value, { namespace: 'elsewhere' }), 400],
  [({ kind, name, color, value }) => objectOf(kind, name, color, value, { resourceVersion: '1' }), 400],
  [({ kind, name, value }) => objectOf(kind, name, 'a b', value), 422],
  [() => '{"kind":', 400],
  [() => [], 400],
  [({ kind, color, value }) => objectOf(kind, '', color, value), 422],
];

const createWrong: Operation = {
  name: 'create, wrong',
  weight: 3,
  fits: (model, draw) => !exists(model, draw),
  request: (_model, draw) => ({
    method: 'POST',
    path: `${kinds[draw.kind].path}?${strict}`,
    body: wrongBodies[draw.choice]![0](draw),
  }),
  wanted: (_model, draw) => wrongBodies[draw.choice]![1],
};

const createLenient: Operation = {
  name: 'create, unknown field with a warning',
  weight: 1,
  request: (_model, draw) => ({
    method: 'POST',
    path: `${kinds[draw.kind].path}?fieldManager=script&fieldValidation=Warn`,
    body: { ...objectOf(draw.kind, draw.name, draw.color, draw.value), unheardOf: true },
  }),
  wanted: (model, draw) => (exists(model, draw) ? 409 : 201),
  learn,
};

const update: Operation = {
  name: 'update',
  weight: 4,
  request: (model, draw) => ({
    method: 'PUT',
    path: `${pathOf(draw)}?${strict}`,
    body: updated(model, draw, known(model, draw)?.version ?? ''),
  }),
  wanted: (model, draw) => (exists(model, draw) ? 200 : draw.kind === 'widgets' ? 422 : 404),
  fits: (model, draw) => exists(model, draw) || draw.kind !== 'widgets',
  learn,
};

const updateStale: Operation = {
  name: 'update, stale version',
  weight: 2,
  fits: (model, draw) => (known(model, draw)?.older ?? '') !== '',
  request: (model, draw) => ({
    method: 'PUT',
    path: `${pathOf(draw)}?${strict}`,
    body: updated(model, draw, known(model, draw)!.older),
  }),
  wanted: () => 409,
};

const updateBlind: Operation = {
  name: 'update, no version',
  weight: 2,
  fits: exists,
  request: (model, draw) => ({
    method: 'PUT',
    path: `${pathOf(draw)}?${strict}`,
    body: updated(model, draw, ''),
  }),
  wanted: (_model, { kind }) => (kind === 'widgets' ? 422 : 200),
  learn,
};

const mergePatch: Operation = {
  name: 'patch, merge',
  weight: 4,
  request: (_model, draw) => ({
    method: 'PATCH',
    path: `${pathOf(draw)}?fieldManager=patcher`,
    type: 'application/merge-patch+json',
    body: { metadata: { labels: { color: draw.color } } },
  }),
  wanted: (model, draw) => (exists(model, draw) ? 200 : 404),
  learn,
};

const jsonPatch: Operation = {
  name: 'patch, JSON with a test',
  weight: 3,
  request: (_model, draw) => ({
    method: 'PATCH',
    path: `${pathOf(draw)}?fieldManager=patcher`,
    type: 'application/json-patch+json',
    body: [
      { op: 'test', path: '/metadata/labels/color', value: 'red' },
      { op: 'replace', path: '/metadata/labels/color', value: draw.color },
    ],
  }),
  wanted(model, draw) {
    const object = known(model, draw);
    return object === undefined ? 404 : object.color === 'red' ? 200 : 422;
  },
  learn,
};

const strategicPatch: Operation = {
  name: 'patch, strategic',
  weight: 2,
  request: (_model, draw) => ({
    method: 'PATCH',
    path: `${pathOf(draw)}?fieldManager=patcher`,
    type: 'application/strategic-merge-patch+json',
    body:
      draw.kind === 'services'
        ? { spec: { ports: [{ port: 80 + draw.value, name: 'renamed' }] } }
        : { metadata: { labels: { color: draw.color } } },
  }),
  // A list that is merged keeps its other port, and two ports of one name are refused; that is for the log to say.
  fits: (model, draw) => exists(model, draw) && (draw.kind !== 'services' || draw.choice === 0),
  wanted: (_model, { kind }) => (kind === 'widgets' ? 415 : kind === 'services' ? 0 : 200),
  learn,
};

const apply: Operation = {
  name: 'apply',
  weight: 5,
  request: (_model, draw) => ({
    method: 'PATCH',
    path: `${pathOf(draw)}?fieldManager=${draw.choice < 5 ? 'applier' : 'rival'}&force=${draw.choice % 2 === 0}`,
    type: 'application/apply-patch+yaml',
    body: objectOf(draw.kind, draw.name, draw.color, draw.value),
  }),
  // Whether rivals are in conflict, and whether two ports end up with one name, is for the log to say.
  wanted(model, draw) {
    if (!exists(model, draw)) return 201;
    return draw.choice % 2 === 0 && draw.kind !== 'services' ? 200 : 0;
  },
  learn,
};

const status: Operation = {
  name: 'update of the status',
  weight: 2,
  fits: (_model, { kind }) => kind === 'widgets',
  request: (_model, draw) => ({
    method: 'PATCH',
    path: `${pathOf(draw)}/status?fieldManager=watcher`,
    type: 'application/merge-patch+json',
    body: { status: { ready: draw.value }, spec: { size: 9 } },
  }),
  wanted: (model, draw) => (exists(model, draw) ? 200 : 404),
  learn,
};

const breakRule: Operation = {
  name: 'patch that breaks a rule',
  weight: 1,
  fits: (model, draw) => draw.kind === 'widgets' && exists(model, draw),
  request: (_model, draw) => ({
    method: 'PATCH',
    path: `${pathOf(draw)}?fieldManager=patcher`,
    type: 'application/merge-patch+json',
    body: { spec: { size: draw.choice < 5 ? 10 + draw.value : -1 } },
  }),
  wanted: () => 422,
};

const release: Operation = {
  name: 'patch that takes the finalizers away',
  weight: 3,
  fits: (model, draw) => known(model, draw)?.held === true,
  request: (_model, draw) => ({
    method: 'PATCH',
    path: `${pathOf(draw)}?fieldManager=patcher`,
    type: 'application/merge-patch+json',
    body: { metadata: { finalizers: null } },
  }),
  wanted: () => 200,
  learn(model, draw, answer) {
    if (answer.status >= 300) return;
    if (known(model, draw)?.leaving === true) takeOut(model, draw.kind, draw.name);
    else learn(model, draw, answer);
  },
};

const wrongType: Operation = {
  name: 'patch of a type that nobody knows',
  weight: 1,
  request: (_model, draw) => ({ method: 'PATCH', path: pathOf(draw), type: json, body: {} }),
  wanted: () => 415,
};

export const writing: readonly Operation[] = [
  create,
  createDry,
  createWrong,
  createLenient,
  update,
  updateStale,
  updateBlind,
  mergePatch,
  jsonPatch,
  strategicPatch,
  apply,
  status,
  breakRule,
  release,
  wrongType,
];
