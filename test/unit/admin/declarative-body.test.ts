// The forms in which a declarative config may be posted.
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { fail, ok } from '../../../src/base/result.ts';
import { readDeclarativeBody } from '../../../src/proxy/admin/declarative-body.ts';

const parseYaml = (text: string) => {
  try {
    return ok(parse(text) as unknown);
  } catch (error) {
    return fail((error as Error).message);
  }
};

type Outcome = 'document' | { readonly status: number; readonly message: RegExp };

function check(contentType: string, body: string, expected: Outcome): void {
  const read = readDeclarativeBody(Buffer.from(body), contentType, parseYaml);
  if (typeof expected === 'string') {
    expect(read).toMatchObject({ ok: true, value: { document: { _format_version: '3.0', _comment: 'ü' } } });
    if (read.ok) expect(read.value.textHash).toMatch(/^[0-9a-f]{32}$/);
    return;
  }
  expect(read).toMatchObject({ ok: false, error: { status: expected.status } });
  if (!read.ok) expect(read.error.message).toMatch(expected.message);
}

const yaml = '_format_version: "3.0"\n_comment: ü\n';
const json = '{"_format_version":"3.0","_comment":"ü"}';
const missing = { status: 400, message: /^expected a declarative configuration$/ };
const part = (name: string) =>
  `--xyz\r\nContent-Disposition: form-data; name="${name}"; filename="kong.yaml"\r\n\r\n${yaml}\r\n--xyz--\r\n`;

describe('POST /config accepts', () => {
  const cases: Readonly<Record<string, readonly [string, string, Outcome]>> = {
    'a JSON document': ['application/json', json, 'document'],
    'YAML in a JSON field': ['application/json', JSON.stringify({ config: yaml }), 'document'],
    'JSON in a JSON field': ['application/json', JSON.stringify({ config: json }), 'document'],
    'raw YAML': ['text/yaml', yaml, 'document'],
    'a form field': ['application/x-www-form-urlencoded', `config=${encodeURIComponent(yaml)}`, 'document'],
    'a multipart field': ['multipart/form-data; boundary=xyz', part('config'), 'document'],
    'not another multipart field': ['multipart/form-data; boundary=xyz', part('other'), missing],
    'not an empty body': ['application/json', '', missing],
    'not JSON without a version': ['application/json', '{"services":[]}', missing],
    'not an array': ['application/json', '[]', missing],
    'not broken JSON': ['application/json', '{', { status: 400, message: /^Cannot parse JSON body$/ }],
    'not broken YAML': [
      'text/yaml',
      'a: [',
      { status: 400, message: /^failed parsing declarative configuration: / },
    ],
    'not other types': ['text/plain', yaml, { status: 415, message: /'text\/plain' is not supported/ }],
  };
  for (const [name, [contentType, body, expected]] of Object.entries(cases))
    test(name, () => check(contentType, body, expected));
});
