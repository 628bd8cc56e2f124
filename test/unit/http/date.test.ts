// Times as HTTP and access logs write them.
import { expect, test } from 'vitest';
import { httpDate, logDate } from '../../../src/proxy/http/date.ts';

test.each([
  [0, 'Thu, 01 Jan 1970 00:00:00 GMT', '01/Jan/1970:00:00:00 +0000'],
  [951_782_400_000, 'Tue, 29 Feb 2000 00:00:00 GMT', '29/Feb/2000:00:00:00 +0000'],
  [1_795_492_799_999, 'Tue, 24 Nov 2026 03:59:59 GMT', '24/Nov/2026:03:59:59 +0000'],
])('%d', (wallMs, http, log) => {
  expect([httpDate(wallMs), logDate(wallMs)]).toEqual([http, log]);
});
