// What is the same of every collection: lists, pages, sizes, offsets, tags, lookups, writes, methods.
import { expect } from 'vitest';
import { type Asked, type Listed, listed, none, notAllowed, notFound, unsupported } from './asked.ts';

const badSize = (message: string) => ({ code: 9, name: 'invalid size', message });
const badTags = (why: string) => ({
  code: 11,
  name: 'invalid options',
  message: `invalid option (tags: ${why})`,
  options: { tags: why },
});

function ofCollection({ path, type, count, id, key, keyField, shows }: Listed): Asked[] {
  const every = expect.any(Array) as unknown;
  const collection: Asked[] = [
    [`GET ${path}`, 200, { data: expect.objectContaining({ length: count }) as unknown, next: null }],
    [`GET ${path}/`, 200, { data: every, next: null }],
    [`HEAD ${path}`, 200, null],
    [`OPTIONS ${path}`, 204, null, { allow: 'GET, HEAD, OPTIONS, POST' }],
    [`POST ${path}`, 405, unsupported(`cannot create '${type}' entities when not using a database`)],
    [`PUT ${path}`, 405, notAllowed],
    [`PATCH ${path}`, 405, notAllowed],
    [`DELETE ${path}`, 405, notAllowed],
    [`TRACE ${path}`, 405, notAllowed],
    [`GET ${path}?size=1000`, 200, { data: every, next: null }],
    [`GET ${path}?size=0`, 400, badSize('size must be an integer between 1 and 1000')],
    [`GET ${path}?size=1001`, 400, badSize('size must be an integer between 1 and 1000')],
    [`GET ${path}?size=1.5`, 400, badSize('size must be an integer between 1 and 1000')],
    [`GET ${path}?size=x`, 400, badSize('size must be a number')],
    [`GET ${path}?size=`, 400, badSize('size must be a number')],
    [
      `GET ${path}?offset=x`,
      400,
      { code: 7, name: 'invalid offset', message: "'x' is not a valid offset: bad base64 encoding" },
    ],
    [`GET ${path}?tags=nobody`, 200, { data: [], next: null }],
    [`GET ${path}?tags=`, 400, badTags('cannot be null')],
    [`GET ${path}?tags=a,b/c`, 400, badTags('invalid filter syntax')],
    [`GET ${path}?tags=a,b,c,d,e,f`, 400, badTags('cannot query more than 5 tags')],
  ];
  const byId: Asked[] = [
    [`GET ${path}/${id}`, 200, { id, ...shows }],
    [`GET ${path}/${id.toUpperCase()}`, 200, { id }],
    [`HEAD ${path}/${id}`, 200, null],
    [`OPTIONS ${path}/${id}`, 204, null, { allow: 'DELETE, GET, HEAD, OPTIONS, PATCH, PUT' }],
    [`POST ${path}/${id}`, 405, notAllowed],
    [
      `PUT ${path}/${id}`,
      405,
      unsupported(`cannot create or update '${type}' entities when not using a database`),
    ],
    [`PATCH ${path}/${id}`, 405, unsupported(`cannot update '${type}' entities when not using a database`)],
    [`DELETE ${path}/${id}`, 405, unsupported(`cannot remove '${type}' entities when not using a database`)],
    [`GET ${path}/${none}`, 404, notFound],
    [`HEAD ${path}/${none}`, 404, null],
    [`PATCH ${path}/${none}`, 404, notFound],
    [`GET ${path}/${id}/nothing`, 404, notFound],
  ];
  if (key === null) return [...collection, ...byId];
  return [
    ...collection,
    ...byId,
    [`GET ${path}/${key}`, 200, { id, [keyField]: key }],
    [`GET ${path}/${encodeURIComponent(`${key} x`)}`, 404, notFound],
    [
      `PATCH ${path}/${key}`,
      405,
      unsupported(`cannot update '${type}' entities by '${keyField}' when not using a database`),
    ],
    [
      `DELETE ${path}/${key}`,
      405,
      unsupported(`cannot remove '${type}' entities by '${keyField}' when not using a database`),
    ],
  ];
}

export const collectionRequests: readonly Asked[] = listed.flatMap(ofCollection);
