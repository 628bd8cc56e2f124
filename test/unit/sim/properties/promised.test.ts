// S1 and S2: what a scenario itself promises, over evidence that keeps it and evidence that breaks it.
import { describe, test } from 'vitest';
import type { ExpectationRecord, RequestRecord } from '../../../../sim/evidence/evidence.ts';
import type { CountPromise } from '../../../../sim/evidence/promises.ts';
import { expectedSteps, keptPromises } from '../../../../sim/properties/promised.ts';
import { check, second } from './told.ts';

const request = (nonce: string, given: Partial<RequestRecord> = {}): RequestRecord => ({
  nonce,
  client: 'buyers-1-1',
  gateway: 'gateway-1',
  scheme: 'http',
  kind: 'plain',
  method: 'POST',
  host: 'shop.example',
  path: '/buy',
  sentHeaders: {},
  bodyBytes: 0,
  bodyHash: '',
  readBytesPerSecond: 0,
  sentUs: second,
  doneUs: 2 * second,
  status: 200,
  headers: { 'x-kong-upstream-latency': '1' },
  body: '',
  complete: true,
  error: '',
  certificate: '',
  certificatePem: '',
  connectedUs: second,
  origin: '',
  messages: [],
  reused: false,
  announced: null,
  bodyBytesMax: 0,
  shows: '',
  ...given,
});

const noFailure: CountPromise = {
  text: 'failed_requests(buyers) == 0',
  measure: 'failed_requests',
  status: 0,
  groups: ['buyers'],
  comparison: '==',
  value: 0,
};
describe('what a step expects', () => {
  const record = (given: Partial<ExpectationRecord>): ExpectationRecord => ({
    id: 'x1',
    text: 'GET http://shop.example/ 200 within 1.0 s',
    atUs: 3 * second,
    doneUs: 4 * second,
    met: true,
    seen: 'gateway-1 answered 404',
    ...given,
  });
  const told = 'expected GET http://shop.example/ 200 within 1.0 s; gateway-1 answered 404 (from t=3.000)';

  test('came true', () => check(expectedSteps, { expectations: [record({})] }, null));
  test('did not come true', () => check(expectedSteps, { expectations: [record({ met: false })] }, told));
  test('is not judged before it is decided', () =>
    check(expectedSteps, { expectations: [record({ doneUs: -1, met: false })] }, 'no violation'));
});

describe('figures over all requests', () => {
  const judge = (promise: CountPromise, expected: string | null, ...requests: RequestRecord[]): void =>
    check(keptPromises, { requests }, expected, { promises: [promise] });

  test('are kept', () => judge(noFailure, null, request('r1')));

  test('count what a server regrets', () =>
    judge(
      noFailure,
      'failed_requests(buyers) == 0: it is 1 of 2; POST shop.example/buy (r2) -> 502: broken',
      request('r1'),
      request('r2', { status: 502, headers: {}, body: 'broken\nmore' }),
    ));

  test('count what never came to an end of its own', () =>
    judge(
      noFailure,
      'it is 1 of 1; POST shop.example/buy (r1) -> no answer (ECONNRESET)',
      request('r1', { status: 0, complete: false, error: 'ECONNRESET' }),
    ));

  test('leave out who went away, other clients, probes and visitors of faults', () =>
    judge(
      noFailure,
      null,
      request('r1', { status: 0, error: 'aborted' }),
      request('r2', { status: 500, client: 'readers-1-1' }),
      request('x1.0', { status: 404, client: 'x1-gateway-1' }),
      request('f1.0', { status: 503, client: 'f1-client' }),
    ));

  test('receipts are counted for each request', () =>
    judge(
      { ...noFailure, text: 'receipts_per_request == 1', measure: 'receipts_per_request', value: 1 },
      'receipts_per_request == 1: it is 0; POST shop.example/buy (r1) was taken by 0 pods',
      request('r1'),
      request('r2'),
    ));
});
