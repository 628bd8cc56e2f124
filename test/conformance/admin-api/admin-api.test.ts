// The Admin API asked as a client would, request after request: status, headers and body of each.
import { expect, test } from 'vitest';
import { createRig } from '../../unit/admin/rig.ts';
import { type Asked, document } from './requests/asked.ts';
import { collectionRequests } from './requests/collections.ts';
import { configSteps } from './requests/config.ts';
import { entityRequests } from './requests/entities.ts';
import { nodeRequests } from './requests/node.ts';

type Ask = ReturnType<typeof createRig>;

/** [method, path, body]. */
function split(request: string): readonly [method: string, path: string, body: string] {
  const [method = '', path = '', ...body] = request.split(' ');
  return [method, path, body.join(' ')];
}

interface Expected {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

function check(
  ask: Ask,
  request: string,
  sent: { readonly body: string; readonly headers: Readonly<Record<string, string>> },
  { status, body, headers }: Expected,
): void {
  const [method, path] = split(request);
  const answer = ask(path, {
    method,
    headers: sent.headers,
    ...(sent.body === '' ? {} : { body: sent.body }),
  });
  expect(answer.status).toBe(status);
  expect(answer.headers).toMatchObject({
    server: 'kong/3.9.1',
    'x-kong-admin-latency': expect.stringMatching(/^\d+$/) as unknown,
    ...headers,
  });
  expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  if (status === 204 || status === 304) expect(answer.headers['content-length']).toBe(undefined);
  if (body === null) {
    expect(answer.text).toBe('');
    return;
  }
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(answer.text)));
  expect(JSON.parse(answer.text)).toMatchObject(body as object);
}

const asked: readonly Asked[] = [...collectionRequests, ...entityRequests, ...nodeRequests];

test('there are at least 400 requests', () => {
  expect(asked.length + configSteps.length).toBeGreaterThanOrEqual(400);
});

const shared = createRig();
const posted = shared('/config', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(document),
});
if (posted.status !== 201) throw new Error(posted.text);

// HEAD /metrics has no Kong headers: the page is written in pieces, by the same code as for GET.
test.each(
  asked.filter(([request]) => request !== 'HEAD /metrics').map((row) => [row[0], row[1], row] as const),
)('%s: %i', (_request, _status, [request, status, body, headers = {}]) => {
  const sent = { body: split(request)[2], headers: { 'content-type': 'application/json' } };
  check(shared, request, sent, { status, body, headers });
});

test('the page of metrics', () => {
  for (const method of ['GET', 'HEAD']) {
    const answer = shared('/metrics', { method });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=UTF-8');
    expect(answer.text.includes('kong_node_info')).toBe(method === 'GET');
  }
});

test('pages follow each other', () => {
  for (const path of [
    '/services',
    '/routes',
    '/services/shop/routes',
    '/tags',
    '/tags/blue',
    '/upstreams/pool/targets',
  ]) {
    const whole = (JSON.parse(shared(path).text) as { readonly data: readonly unknown[] }).data;
    const seen: unknown[] = [];
    for (let next: string | null = `${path}?size=1`; next !== null; ) {
      const page: { readonly data: readonly unknown[]; readonly next: string | null } = JSON.parse(
        shared(next).text,
      );
      seen.push(...page.data);
      next = page.next;
    }
    expect(seen).toEqual(whole);
  }
});

const fresh = createRig();
test.each(configSteps.map((step, i) => [`${i + 1}. ${step.request}: ${step.status}`, step] as const))(
  '%s',
  (_title, { request, type, headers, body, status, answer, answerHeaders }) => {
    const sent = {
      body: body ?? '',
      headers: { ...(type === undefined ? {} : { 'content-type': type }), ...headers },
    };
    check(fresh, request, sent, { status, body: answer, headers: answerHeaders ?? {} });
  },
);
