// What the gateway tells of itself: its headers on the responses of upstreams and on its own, what upstreams are told, the pages of
// errors, and who hears of routes.
import { expect, test } from 'vitest';
import {
  type AnswerOptions,
  answersOfKong,
  type ShownHeaders,
} from '../../../src/proxy/exchange/answer-options.ts';
import type { ErrorPages } from '../../../src/proxy/exchange/error-page.ts';
import { answering, createRig, okResponse, toPort } from './rig.ts';

const none: ShownHeaders = {
  via: false,
  server: false,
  requestId: false,
  proxyLatency: false,
  upstreamLatency: false,
  responseLatency: false,
  upstreamStatus: false,
};

/** Names of the headers of one response, in lower case and order, of those that are the gateway's. */
function told(received: string): string[] {
  const lines = received.slice(0, received.indexOf('\r\n\r\n')).split('\r\n').slice(1);
  return lines
    .map((line) => line.slice(0, line.indexOf(':')).toLowerCase())
    .filter((name) => name.startsWith('x-kong') || name === 'via' || name === 'server');
}

function ask(answers: Partial<AnswerOptions>, text: string, response = okResponse) {
  const rig = createRig([{ ...toPort(9000), prefix: '/a' }], { answers: { ...answersOfKong, ...answers } });
  rig.upstream(9000, answering(response));
  return { rig, received: rig.client(text).received };
}

const get = (path: string, headers = ''): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`;
const bare = 'HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n';
const viaOther = 'HTTP/1.1 200 OK\r\nServer: t\r\nDate: d\r\nVia: 1.1 other\r\nContent-Length: 0\r\n\r\n';

const latencies = ['x-kong-upstream-latency', 'x-kong-proxy-latency'];

test.each<[title: string, shown: ShownHeaders, response: string, proxied: string[], own: string[]]>([
  [
    "Kong's",
    answersOfKong.shown,
    okResponse,
    ['server', 'via', ...latencies, 'x-kong-request-id'],
    ['x-kong-response-latency', 'x-kong-request-id', 'server'],
  ],
  ['none', none, okResponse, ['server'], []],
  ['none, of an upstream that says nothing', none, bare, [], []],
  ["none, beside another proxy's", none, viaOther, ['server', 'via'], []],
  ['server and via', { ...none, via: true, server: true }, bare, ['server', 'via'], ['server']],
  [
    'the id alone',
    { ...none, requestId: true },
    okResponse,
    ['server', 'x-kong-request-id'],
    ['x-kong-request-id'],
  ],
  [
    'the status of the upstream',
    { ...answersOfKong.shown, upstreamStatus: true },
    okResponse,
    ['server', 'via', ...latencies, 'x-kong-upstream-status', 'x-kong-request-id'],
    ['x-kong-response-latency', 'x-kong-request-id', 'server'],
  ],
  ['one latency', { ...none, proxyLatency: true }, okResponse, ['server', 'x-kong-proxy-latency'], []],
])('headers: %s', (_title, shown, response, proxied, own) => {
  expect(told(ask({ shown }, get('/a'), response).received)).toEqual(proxied);
  expect(told(ask({ shown }, get('/nowhere')).received)).toEqual(own);
  // By the slow way too, where the head is edited.
  const slow = ask({ shown, allowsDebugHeader: true }, get('/a', 'Kong-Debug: 1\r\n'), response).received;
  expect(told(slow).toSorted()).toEqual(proxied.toSorted());
});

test('each response tells the status of its own upstream', () => {
  const statuses = [201, 404, 404, 200];
  const rig = createRig([toPort(9000)], {
    answers: { ...answersOfKong, shown: { ...none, upstreamStatus: true } },
  });
  let next = 0;
  rig.upstream(9000, (peer) => {
    peer.send(`HTTP/1.1 ${statuses[next++]} X\r\nServer: t\r\nDate: d\r\nContent-Length: 0\r\n\r\n`);
  });
  const client = rig.client();
  for (const _ of statuses) {
    client.send(get('/'));
    rig.world.run(5);
  }
  const found = [...client.received.matchAll(/X-Kong-Upstream-Status: (\d+)\r\n/g)].map(([, status]) =>
    Number(status),
  );
  expect(found).toEqual(statuses);
});

test.each([
  [true, 1],
  [false, 0],
])('the upstream is told the id: %s', (tellsUpstreamId, count) => {
  for (const headers of [
    '',
    'X-Kong-Request-Id: mine\r\n',
    'Via: 1.0 before\r\n',
    'Connection: x\r\nX: 1\r\n',
  ]) {
    const { rig, received } = ask({ tellsUpstreamId }, get('/a', headers));
    const [request = ''] = rig.peers[0]!.requests;
    expect(request.match(/\r\nX-Kong-Request-Id: [0-9a-f]{32}\r\n/g) ?? []).toHaveLength(count);
    expect(request).not.toContain('mine');
    expect(request.endsWith('\r\n\r\n')).toBe(true);
    expect(request.indexOf('\r\n\r\n')).toBe(request.length - 4);
    expect(received).toMatch(/^HTTP\/1.1 200/);
  }
});

const pages = (more: Partial<ErrorPages>): Partial<AnswerOptions> => ({
  errorPages: { ...answersOfKong.errorPages, ...more },
});
const missing = 'no Route matched with those values';

test.each<[title: string, errorPages: Partial<AnswerOptions>, request: string, type: string, body: RegExp]>([
  ['JSON', {}, get('/x'), 'application/json; charset=utf-8', new RegExp(`^{\n  "message":"${missing}",`)],
  [
    'HTML',
    {},
    get('/x', 'Accept: text/html\r\n'),
    'text/html; charset=utf-8',
    new RegExp(`<p>${missing}.</p>`),
  ],
  ['XML', {}, get('/x', 'Accept: application/xml\r\n'), 'application/xml; charset=utf-8', /<requestid>/],
  ['text', {}, get('/x', 'Accept: text/plain\r\n'), 'text/plain; charset=utf-8', /^no Route.*\nrequest_id: /],
  [
    'a template of JSON',
    pages({ templates: { json: '{"e":"%s","id":"%s","of":"100%%"}' } }),
    get('/x'),
    'application/json; charset=utf-8',
    new RegExp(`^{"e":"${missing}","id":"[0-9a-f]{32}","of":"100%"}$`),
  ],
  [
    'a template of HTML',
    pages({ templates: { html: '<p>%s.</p>' } }),
    get('/x', 'Accept: text/html\r\n'),
    'text/html; charset=utf-8',
    new RegExp(`^<p>${missing}.</p>$`),
  ],
  [
    'a template of another type',
    pages({ templates: { html: '<p>%s.</p>' } }),
    get('/x', 'Accept: text/plain\r\n'),
    'text/plain; charset=utf-8',
    /^no Route/,
  ],
  ['an error below HTTP', {}, 'GET / HTTP/1.1\r\n\r\n', 'text/plain; charset=utf-8', /^Bad request\n/],
  [
    'an error below HTTP, with a type for it',
    pages({ fallback: 'html' }),
    'GET / HTTP/1.1\r\n\r\n',
    'text/html; charset=utf-8',
    /<p>Bad request.<\/p>/,
  ],
  [
    'a request that names its type',
    pages({ fallback: 'html' }),
    'TRACE / HTTP/1.1\r\nHost: a\r\nContent-Type: application/xml\r\n\r\n',
    'application/xml; charset=utf-8',
    /<message>Method not allowed<\/message>/,
  ],
])('pages of errors: %s', (_title, answers, request, type, body) => {
  const { received } = ask(answers, request);
  expect(/\r\nContent-Type: ([^\r]*)/.exec(received)?.[1]).toBe(type);
  expect(received.slice(received.indexOf('\r\n\r\n') + 4)).toMatch(body);
});

test.each<[title: string, allowsDebugHeader: boolean, headers: string, isTold: boolean]>([
  ['it is allowed and asked for', true, 'Kong-Debug: 1\r\n', true],
  ['nobody asks', true, '', false],
  ['another value', true, 'Kong-Debug: yes\r\n', false],
  ['it is not allowed', false, 'Kong-Debug: 1\r\n', false],
])('debug headers, %s', (_title, allowsDebugHeader, headers, isTold) => {
  const { received } = ask({ allowsDebugHeader }, get('/a', headers));
  expect(/\r\nKong-Route-Id: /.test(received)).toBe(isTold);
  expect(/\r\nKong-Service-Id: /.test(received)).toBe(isTold);
  expect(ask({ allowsDebugHeader }, get('/none', headers)).received).not.toContain('Kong-Route');
});
