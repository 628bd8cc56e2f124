// P67 over evidence made by hand: what it takes for a broken limit or a wrong port, and what not.
import { test } from 'vitest';
import type { Evidence, RequestRecord } from '../../../../sim/evidence/evidence.ts';
import { keptLimits } from '../../../../sim/properties/kept-limits.ts';
import type { Circumstances } from '../../../../sim/properties/property.ts';
import { check } from './told.ts';
import { receipt, refusal, request } from './traffic.ts';

const { headers } = receipt();
const arrived = (port: string, bodyHash = 'none') =>
  receipt({ bodyHash, headers: { ...headers, 'x-forwarded-port': port } });
const post = (bodyBytes: number): Partial<RequestRecord> => ({
  method: 'POST',
  bodyBytes,
  bodyBytesMax: 10,
  bodyHash: 'of the body',
});
const mapped: Partial<Circumstances> = { publicPorts: { http: '80', https: '443' } };

test.each<
  [title: string, told: Partial<Evidence>, expected: string | null, circumstances?: Partial<Circumstances>]
>([
  ['the port of the gateway', { requests: [request()], receipts: [arrived('8000')] }, null],
  ['the mapped port', { requests: [request()], receipts: [arrived('80')] }, null, mapped],
  [
    'not the mapped port',
    { requests: [request()], receipts: [arrived('8000')] },
    'port 8000, not 80',
    mapped,
  ],
  [
    'the mapped port of the other scheme',
    { requests: [request({ scheme: 'https' })], receipts: [arrived('80')] },
    'port 80, not 443',
    mapped,
  ],
  ['no port', { requests: [request()], receipts: [receipt()] }, 'port , not 8000'],
  ['as large as may be', { requests: [request(post(10))], receipts: [arrived('8000', 'of the body')] }, null],
  ['too large, and refused', { requests: [refusal(413, post(11))] }, null],
  ['too large, and cut', { requests: [request({ ...post(11), status: 0, complete: false })] }, null],
  ['too large, and another reason is told', { requests: [refusal(404, post(11))] }, null],
  [
    'too large, and a pod has a part of it',
    { requests: [refusal(413, post(11))], receipts: [arrived('8000', 'of a part')] },
    null,
  ],
  [
    'too large, and a pod has all of it',
    { requests: [refusal(413, post(11))], receipts: [arrived('8000', 'of the body')] },
    'reached a pod with 11 bytes, though 10 may be',
  ],
  ['too large, and taken', { requests: [request(post(11))] }, 'was answered 200 for 11 bytes'],
  ['small, and refused', { requests: [refusal(413, post(10))] }, 'was refused with 413 for 10 bytes'],
])('%s', (_title, told, expected, circumstances) => check(keptLimits, told, expected, circumstances));
