// Operations that delete: with every policy and precondition, one object or many.
import { kinds, suiteLabel } from './kinds.ts';
import { takeIn, takeOut } from './model.ts';
import type { Answer, Draw, Operation } from './operation.ts';
import { known, pathOf } from './writing.ts';

const policies = ['Background', 'Foreground', 'Orphan'];

function learnDeletion(
  model: Parameters<NonNullable<Operation['learn']>>[0],
  draw: Draw,
  { status, body }: Answer,
): void {
  if (status >= 300) return;
  // What is held comes back as it is now; what is gone is told by a Status.
  if (body?.['kind'] === 'Status' || known(model, draw)?.held !== true) takeOut(model, draw.kind, draw.name);
  else takeIn(model, draw.kind, draw.name, body);
}

const remove: Operation = {
  name: 'delete',
  weight: 5,
  request: (_model, draw) => ({
    method: 'DELETE',
    path: pathOf(draw),
    body: { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: policies[0] },
  }),
  wanted: (model, draw) => (known(model, draw) === undefined ? 404 : 200),
  learn: learnDeletion,
};

const removeDry: Operation = {
  name: 'delete, dry run',
  weight: 1,
  request: (_model, draw) => ({ method: 'DELETE', path: `${pathOf(draw)}?dryRun=All` }),
  wanted: (model, draw) => (known(model, draw) === undefined ? 404 : 200),
};

const removeWrongUid: Operation = {
  name: 'delete, another uid',
  weight: 2,
  fits: (model, draw) => known(model, draw) !== undefined,
  request: (_model, draw) => ({
    method: 'DELETE',
    path: pathOf(draw),
    body: {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid: '00000000-0000-4000-8000-000000000000' },
    },
  }),
  wanted: () => 409,
};

const removeStale: Operation = {
  name: 'delete, stale version',
  weight: 2,
  fits: (model, draw) => (known(model, draw)?.older ?? '') !== '',
  request: (model, draw) => ({
    method: 'DELETE',
    path: pathOf(draw),
    body: {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { resourceVersion: known(model, draw)!.older },
    },
  }),
  wanted: () => 409,
};

const removeOddly: Operation = {
  name: 'delete, a policy that nobody knows',
  weight: 1,
  request: (_model, draw) => ({
    method: 'DELETE',
    path: pathOf(draw),
    body: { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Sideways' },
  }),
  wanted: () => 422,
};

const removeMany: Operation = {
  name: 'delete all of a color',
  weight: 1,
  // Held ones would be changed by it, each with a version that no answer tells.
  fits: (model, { kind }) =>
    ![...model.objects].some(([key, { held }]) => held && key.startsWith(`${kind}/`)),
  request: (_model, { kind, color }) => ({
    method: 'DELETE',
    path: `${kinds[kind].path}?labelSelector=${suiteLabel},color=${color}`,
  }),
  wanted: () => 200,
  learn(model, { kind, color }) {
    const batch = model.batches++;
    for (const [key, object] of [...model.objects]) {
      const [owner, name = ''] = key.split('/');
      if (owner === kind && object.color === color) takeOut(model, kind, name, batch);
    }
  },
};

export const deleting: readonly Operation[] = [
  remove,
  removeDry,
  removeWrongUid,
  removeStale,
  removeOddly,
  removeMany,
];
