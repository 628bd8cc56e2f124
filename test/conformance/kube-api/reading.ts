// Operations that read: get, list, pages, tables, and what may not be asked.
import { kinds, suiteLabel } from './kinds.ts';
import { setMark, type WritableModel } from './model.ts';
import type { Answer, Draw, Operation } from './operation.ts';
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
  weight: 4,
  request: (_model, { kind, value }) => ({
    method: 'GET',
    path: `${kinds[kind].path}?${selector}&limit=${(value % 2) + 1}`,
  }),
  wanted: () => 200,
  learn: turnPage,
};

interface ListMetadata {
  readonly resourceVersion: string;
  readonly continue?: string;
}

function turnPage(model: WritableModel, { kind }: Draw, { body }: Answer): void {
  const { continue: token = '', resourceVersion } = body!['metadata'] as unknown as ListMetadata;
  if (token === '') model.pages.delete(kind);
  else model.pages.set(kind, { token, version: resourceVersion });
}

/** In the state in which the first page was read, whatever has been written since. */
const nextPage: Operation = {
  name: 'list, next page',
  weight: 20,
  fits: (model, { kind }) => model.pages.has(kind),
  request: (model, { kind, value }) => ({
    method: 'GET',
    path: `${kinds[kind].path}?${selector}&limit=${(value % 2) + 1}&continue=${encodeURIComponent(model.pages.get(kind)!.token)}`,
  }),
  wanted: () => 200,
  judge(model, { kind }, { body }) {
    const { resourceVersion } = body!['metadata'] as unknown as ListMetadata;
    const { version } = model.pages.get(kind)!;
    return resourceVersion === version
      ? null
      : `a page of version ${resourceVersion} in a list of ${version}`;
  },
  learn: turnPage,
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

export const reading: readonly Operation[] = [get, getMetadata, getTable, list, page, nextPage, mark, wrong];
