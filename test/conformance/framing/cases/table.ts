// The whole table: every case of framing that has a documented verdict.
import type { RequestCase } from './case.ts';
import { chunks } from './chunks.ts';
import { connectionFields } from './connection-fields.ts';
import { hosts } from './hosts.ts';
import { lengths } from './lengths.ts';
import { limits } from './limits.ts';
import { lines } from './lines.ts';
import { requestLines } from './request-lines.ts';
import { responses } from './responses.ts';
import { targets } from './targets.ts';
import { trailers } from './trailers.ts';
import { transferEncodings } from './transfer-encodings.ts';

export const requestSubjects: readonly (readonly [subject: string, cases: readonly RequestCase[]])[] = [
  ['Content-Length', lengths],
  ['Transfer-Encoding', transferEncodings],
  ['chunks', chunks],
  ['trailers', trailers],
  ['field lines', lines],
  ['Host', hosts],
  ['the request line', requestLines],
  ['targets', targets],
  ['Connection and what is for one hop', connectionFields],
  ['limits', limits],
];

export { responses };
