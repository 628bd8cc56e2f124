// Operations that read: get, list, pages, tables, and what may not be asked.
import { kinds, suiteLabel } from './kinds.ts';
import { setMark } from './model.ts';
import type { Operation } from './operation.ts';
import { known, pathOf } from './writing.ts';

const selector = `labelSelector=${suiteLabel}`;

const get: Operation = {
  name: 'get',
  weight: 3,
  request: (_model, draw) => ({ method: 'GET', path: pathOf(draw) }),
  wanted: (model, draw) => (known(model, draw) === undefined ? 404 : 200),
};

const getMetadata: Operation = {
  name: 'get, metadata only',
  weight: 1,
  request: (_model, draw) => ({
    method: 'GET',
    path: pathOf(draw),
    accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
  }),
  wanted: (model, draw) => (known(model, draw) === undefined ? 404 : 200),
};

const getTable: Operation = {
  name: 'list, table',
  weight: 1,
  request: (_model, { kind }) => ({
    method: 'GET',
    path: `${kinds[kind].path}?${selector}&includeObject=None`,
    accept: 'application/json;as=Table;g=meta.k8s.io;v=v1',
  }),
  wanted: () => 200,
};

const list: Operation = {
  name: 'list',
  weight: 3,
  request: (_model, { kind, color, choice }) => ({
    method: 'GET',
    path: `${kinds[kind].path}?${selector}${choice < 5 ? '' : `,color${choice < 8 ? '=' : '!='}${color}`}`,
  }),
  wanted: () => 200,
};

const page: Operation = {
  name: 'list, first page',
  weight: 2,
  request: (_model, { kind, value }) => ({
    method: 'GET',
    path: `${kinds[kind].path}?${selector}&limit=${value + 1}`,
  }),
  wanted: () => 200,
};

/** A version to watch from later. */
const mark: Operation = {
  name: 'list, for its version',
  weight: 2,
  request: (_model, { kind }) => ({ method: 'GET', path: `${kinds[kind].path}?${selector}&limit=1` }),
  wanted: () => 200,
  learn(model, _draw, { body }) {
    const { resourceVersion } = body!['metadata'] as { readonly resourceVersion: string };
    setMark(model, resourceVersion);
  },
};

const wrongQueries: readonly (readonly [query: string, status: number])[] = [
  ['labelSelector=a%20b%20c', 400],
  ['fieldSelector=spec.nothing=x', 400],
  ['resourceVersion=abc', 400],
  ['limit=-1', 400],
  ['resourceVersionMatch=Exact', 422],
  ['resourceVersion=1&resourceVersionMatch=Sometimes', 422],
  ['continue=nonsense', 400],
  ['resourceVersion=0&resourceVersionMatch=Exact', 422],
  ['sendInitialEvents=true', 422],
  ['watch=true&sendInitialEvents=true', 422],
];

const wrong: Operation = {
  name: 'list, wrong',
  weight: 2,
  request: (_model, { kind, choice }) => ({
    method: 'GET',
    path: `${kinds[kind].path}?${wrongQueries[choice]![0]}`,
  }),
  // What a negative limit and an unreadable selector get is for the log to say.
  wanted: (_model, { choice }) => (choice === 0 || choice === 3 ? 0 : wrongQueries[choice]![1]),
};

export const reading: readonly Operation[] = [get, getMetadata, getTable, list, page, mark, wrong];
