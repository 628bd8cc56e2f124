// /config, step after step: what a step leaves behind is what the next one finds.
import { expect } from 'vitest';
import { createConfig, emptyTables, type GatewayConfig } from '../../../../src/kong/config.ts';
import { decodeDeclarative } from '../../../../src/kong/decode.ts';

export interface Step {
  readonly request: string;
  /** Content type. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status: number;
  /** What the JSON body contains; null: no body. */
  readonly answer: unknown;
  readonly answerHeaders?: Readonly<Record<string, string>>;
}

const json = 'application/json';
const yaml = 'application/yaml';
const form = 'application/x-www-form-urlencoded';
const zeros = '0'.repeat(32);
const missing = { message: 'expected a declarative configuration' };
const text = '_format_version: "3.0"\nservices:\n- name: a\n  host: a.example\n';
const whole = JSON.stringify({ _format_version: '3.0', services: [{ name: 'c', host: 'c.example' }] });
const more = `${text}- name: b\n  host: b.example\n`;

function configOf(names: readonly string[]): GatewayConfig {
  const decoded = decodeDeclarative({
    _format_version: '3.0',
    services: names.map((name) => ({ name, host: `${name}.example` })),
  });
  if (!decoded.ok) throw new Error('the script has a wrong document');
  return decoded.value;
}

const [one, two] = [configOf(['a']), configOf(['a', 'b'])];
const empty = createConfig(emptyTables());
const second = [...two.entities.services.values()].find(({ name }) => name === 'b')!;
const delta = (from: string, to: string, upsert: readonly unknown[], remove: readonly unknown[] = []) =>
  JSON.stringify({ from, to, upsert, remove });
const grow = delta(one.id, two.id, [{ type: 'services', entity: second }]);
const shrink = delta(two.id, one.id, [], [{ type: 'services', id: second.id }]);
const tag = (id: string) => `"${id}"`;
const parseFailure = {
  code: 14,
  name: 'invalid declarative configuration',
  fields: { error: expect.stringMatching(/^failed parsing declarative configuration: /) as unknown },
};
const wrong = '{"_format_version":"3.0","services":[{"name":"x"}]}';
const post = (request: string, type: string, body: string, status: number, answer: unknown): Step => ({
  request: `POST ${request}`,
  type,
  body,
  status,
  answer,
});
const is = (id: string): Step => ({
  request: 'GET /status',
  status: 200,
  answer: { configuration_hash: id },
});

export const configSteps: readonly Step[] = [
  is(zeros),
  {
    request: 'GET /config',
    status: 200,
    answer: { config: expect.stringContaining('"_format_version": "3.0"') as unknown },
    answerHeaders: { etag: tag(empty.id) },
  },
  { request: 'HEAD /config', status: 200, answer: null },
  {
    request: 'OPTIONS /config',
    status: 204,
    answer: null,
    answerHeaders: { allow: 'GET, HEAD, OPTIONS, PATCH, POST' },
  },
  { request: 'DELETE /config', status: 405, answer: { message: 'Method not allowed' } },
  { request: 'PUT /config', status: 405, answer: { message: 'Method not allowed' } },
  { request: 'POST /config', type: json, status: 400, answer: missing },
  post('/config', json, '{}', 400, missing),
  post('/config', json, '[]', 400, missing),
  post('/config', json, 'null', 400, missing),
  post('/config', json, '{"services":[]}', 400, missing),
  post('/config', json, '{', 400, { message: 'Cannot parse JSON body' }),
  post('/config', yaml, '  ', 400, missing),
  post('/config', form, 'services=1', 400, missing),
  post('/config', 'multipart/form-data', 'x', 400, missing),
  post('/config', 'text/plain', text, 415, { message: expect.stringContaining("'text/plain'") as unknown }),
  post('/config', 'image/png', text, 415, { message: expect.stringContaining("'image/png'") as unknown }),
  post('/config', yaml, 'services: [', 400, parseFailure),
  post('/config', yaml, 'a: 1\na: 2\n', 400, parseFailure),
  post('/config', json, JSON.stringify({ config: 'a: [' }), 400, parseFailure),
  post('/config', yaml, 'just text', 400, {
    code: 14,
    fields: { '@entity': ['expected a declarative configuration'] },
  }),
  post('/config', yaml, 'services: []\n', 400, {
    code: 14,
    fields: { _format_version: 'required field missing' },
  }),
  is(zeros),
  post('/config', yaml, text, 201, {
    services: { [[...one.entities.services.keys()][0]!]: { name: 'a', host: 'a.example' } },
  }),
  is(one.id),
  {
    request: 'GET /config',
    status: 200,
    answer: { config: expect.stringContaining('a.example') as unknown },
    answerHeaders: { etag: tag(one.id) },
  },
  { request: 'POST /config?check_hash=1', type: yaml, body: text, status: 304, answer: null },
  {
    request: 'POST /config?check_hash=1',
    type: json,
    body: JSON.stringify({ config: text }),
    status: 304,
    answer: null,
  },
  {
    request: 'POST /config?check_hash=1',
    type: form,
    body: new URLSearchParams({ config: text }).toString(),
    status: 304,
    answer: null,
  },
  post('/config?check_hash=1', json, whole, 201, { services: {} }),
  { request: 'POST /config?check_hash=1', type: json, body: whole, status: 304, answer: null },
  post('/config?check_hash=true', yaml, text, 201, { services: {} }),
  post('/config?check_hash=0', yaml, text, 201, { services: {} }),
  post('/config?check_hash=1', yaml, more, 201, { services: {} }),
  is(two.id),
  post('/config?check_hash=1', 'text/yaml', text, 201, { services: {} }),
  post('/config', form, new URLSearchParams({ config: more }).toString(), 201, { services: {} }),
  post(
    '/config',
    'multipart/form-data; boundary=b',
    `--b\r\ncontent-disposition: form-data; name="config"\r\n\r\n${text}\r\n--b--\r\n`,
    201,
    { services: {} },
  ),
  is(one.id),
  ...['1', 'true', 'on', 'yes', 'TRUE', 'Yes'].map((word) =>
    post(`/config?flatten_errors=${word}`, json, wrong, 400, {
      fields: {},
      flattened_errors: [
        {
          entity_type: 'service',
          entity_name: 'x',
          entity: { name: 'x' },
          errors: [{ type: 'field', field: 'host', message: 'required field missing' }],
        },
      ],
    }),
  ),
  ...['0', 'false', 'off', '', '2'].map((word) =>
    post(`/config?flatten_errors=${word}`, json, wrong, 400, {
      code: 14,
      message: 'declarative config is invalid: {services={{host="required field missing"}}}',
      fields: { services: [{ host: 'required field missing' }] },
    }),
  ),
  is(one.id),
  {
    request: 'PATCH /config',
    type: json,
    body: grow,
    status: 428,
    answer: { message: expect.stringContaining('If-Match') as unknown },
  },
  {
    request: 'PATCH /config',
    type: json,
    headers: { 'if-match': tag(zeros) },
    body: grow,
    status: 412,
    answer: { configuration_hash: one.id },
    answerHeaders: { etag: tag(one.id) },
  },
  {
    request: 'PATCH /config',
    type: json,
    headers: { 'if-match': tag(one.id) },
    body: '{',
    status: 400,
    answer: { message: 'Cannot parse JSON body' },
  },
  {
    request: 'PATCH /config',
    type: json,
    headers: { 'if-match': tag(one.id) },
    body: '{}',
    status: 400,
    answer: { message: 'from: expected 32 hex digits' },
  },
  {
    request: 'PATCH /config',
    type: json,
    headers: { 'if-match': tag(one.id) },
    body: '[]',
    status: 400,
    answer: { message: expect.stringContaining('expected an object') as unknown },
  },
  {
    request: 'PATCH /config',
    type: json,
    headers: { 'if-match': tag(one.id) },
    body: delta(one.id, two.id, [{ type: 'nothing', entity: {} }]),
    status: 400,
    answer: { message: 'upsert[0].type: not an entity type' },
  },
  {
    request: 'PATCH /config',
    type: json,
    headers: { 'if-match': tag(one.id) },
    body: delta(one.id, two.id, [{ type: 'services', entity: { ...second, port: -1 } }]),
    status: 400,
    answer: { message: expect.stringContaining('port: value should be between 0 and 65535') as unknown },
  },
  {
    request: 'PATCH /config',
    type: json,
    headers: { 'if-match': tag(one.id) },
    body: delta(one.id, zeros, [{ type: 'services', entity: second }]),
    status: 400,
    answer: { configuration_hash: one.id },
  },
  is(one.id),
  {
    request: 'PATCH /config',
    type: json,
    headers: { 'if-match': tag(one.id) },
    body: grow,
    status: 200,
    answer: { configuration_hash: two.id },
    answerHeaders: { etag: tag(two.id) },
  },
  { request: 'GET /services/b', status: 200, answer: { host: 'b.example' } },
  {
    request: 'PATCH /config',
    type: json,
    headers: { 'if-match': two.id },
    body: shrink,
    status: 200,
    answer: { configuration_hash: one.id },
  },
  { request: 'GET /services/b', status: 404, answer: { message: 'Not found' } },
  {
    request: 'PATCH /config',
    type: json,
    headers: { 'if-match': `W/"${one.id}"` },
    body: grow,
    status: 200,
    answer: { configuration_hash: two.id },
  },
  {
    request: 'POST /config',
    type: json,
    headers: { 'x-tidegate-epoch': 'x' },
    body: wrong,
    status: 400,
    answer: { message: expect.stringContaining('X-Tidegate-Epoch') as unknown },
  },
  post('/config', json, '{"_format_version":"3.0"}', 201, {}),
  is(zeros),
];
