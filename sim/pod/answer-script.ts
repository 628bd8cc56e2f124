// The bytes of an answer over time: as it should be, or as a mischief has it. Pure, so that every wrong answer can be read
// as text in a test.
import type { PodAnswer } from './connection.ts';
import type { Mischief } from './mischief.ts';

export interface AnswerStep {
  /** After the step before it. */
  readonly afterMs: number;
  readonly bytes: Buffer;
}

export interface AnswerScript {
  readonly steps: readonly AnswerStep[];
  /** What becomes of the connection after the last step; 'hang': nothing more ever comes. */
  readonly end: 'keep' | 'close' | 'reset' | 'hang';
  /** What happens if nothing was asked for so long after the answer: bytes, or (null) the end. */
  readonly idle: { readonly afterMs: number; readonly bytes: Buffer | null } | null;
}

/** How the answer stands to its request. */
export interface AnswerForm {
  readonly close: boolean;
  readonly headOnly: boolean;
}

const trickleStepsMax = 40;
const extraBytes = 'and some more';
export const strayNonce = 'nobody-asked';

function head(status: number, lines: readonly string[]): string {
  return `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
}

const connectionLine = (close: boolean): string => `Connection: ${close ? 'close' : 'keep-alive'}`;
const typeLine = (answer: PodAnswer): string => `Content-Type: ${answer.contentType}`;

function encode(answer: PodAnswer, { close, headOnly }: AnswerForm): Buffer {
  const { status, body } = answer;
  const bodyless = status === 204 || status === 304;
  const lines = bodyless ? [] : [typeLine(answer), `Content-Length: ${body.length}`];
  const text = Buffer.from(head(status, [...lines, connectionLine(close)]));
  return bodyless || headOnly ? text : Buffer.concat([text, body]);
}

function whole(bytes: Buffer, close: boolean): AnswerScript {
  return { steps: [{ afterMs: 0, bytes }], end: close ? 'close' : 'keep', idle: null };
}

function withHead(answer: PodAnswer, form: AnswerForm, lines: readonly string[], body: Buffer): Buffer {
  const { status } = answer;
  const text = Buffer.from(head(status, [typeLine(answer), ...lines, connectionLine(form.close)]));
  return form.headOnly ? text : Buffer.concat([text, body]);
}

function chunked(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n')]);
}

function inSteps(bytes: Buffer, stepBytes: number, ms: number): readonly AnswerStep[] {
  const size = Math.max(stepBytes, 1, Math.ceil(bytes.length / trickleStepsMax));
  const steps: AnswerStep[] = [];
  for (let at = 0; at < bytes.length; at += size)
    steps.push({ afterMs: at === 0 ? 0 : ms, bytes: bytes.subarray(at, at + size) });
  return steps;
}

/** A whole answer to a request that was never made. */
export function strayAnswer(): Buffer {
  const body = Buffer.from(`${JSON.stringify({ nonce: strayNonce })}\n`);
  return encode({ status: 200, body, contentType: 'application/json' }, { close: false, headOnly: false });
}

export function properScript(answer: PodAnswer, form: AnswerForm): AnswerScript {
  return whole(encode(answer, form), form.close);
}

/** The answer as `mischief` has it; null: this kind does nothing to answers. */
export function wrongScript(answer: PodAnswer, form: AnswerForm, mischief: Mischief): AnswerScript | null {
  return timingScript(answer, form, mischief) ?? framingScript(answer, form, mischief);
}

/** Kinds that send the right bytes, but late, in parts, or not all of them. */
function timingScript(
  answer: PodAnswer,
  form: AnswerForm,
  { kind, ms, bytes }: Mischief,
): AnswerScript | null {
  const proper = encode(answer, form);
  const usual = whole(proper, form.close);
  const at = Math.min(bytes, proper.length);
  const begun = { afterMs: 0, bytes: proper.subarray(0, at) };
  switch (kind) {
    case 'says-nothing':
      return { ...usual, steps: [], end: 'hang' };
    case 'late-head':
      return { ...usual, steps: [{ afterMs: ms, bytes: proper }] };
    case 'trickles':
      return { ...usual, steps: inSteps(proper, bytes, ms) };
    case 'stalls':
      return { ...usual, steps: [begun, { afterMs: ms, bytes: proper.subarray(at) }] };
    case 'resets-answer':
      return { ...usual, steps: [begun], end: 'reset' };
    case 'closes-idle':
      return { ...usual, idle: { afterMs: ms, bytes: null } };
    case 'speaks-unasked':
      return { ...usual, idle: { afterMs: ms, bytes: strayAnswer() } };
    default:
      return null;
  }
}

/** Kinds whose bytes are framed wrongly, or rarely. */
function framingScript(answer: PodAnswer, form: AnswerForm, { kind, bytes }: Mischief): AnswerScript | null {
  const { body } = answer;
  const lengthLine = `Content-Length: ${body.length}`;
  const chunkLine = 'Transfer-Encoding: chunked';
  const lastChunk = Buffer.from('0\r\n\r\n');
  switch (kind) {
    case 'fails':
      return whole(encode({ ...answer, status: 503 }, form), form.close);
    case 'short-body':
      return whole(withHead(answer, form, [`Content-Length: ${body.length + 1 + bytes}`], body), true);
    case 'long-body':
      return whole(
        withHead(answer, form, [lengthLine], Buffer.concat([body, Buffer.from(extraBytes)])),
        form.close,
      );
    case 'chunks-cut':
      return whole(withHead(answer, form, [chunkLine], chunked(body)), true);
    case 'trailers': {
      const end = Buffer.from('0\r\nX-Trailer: one\r\nX-Checksum: two\r\n\r\n');
      return whole(
        withHead(answer, form, [chunkLine, 'Trailer: X-Trailer'], Buffer.concat([chunked(body), end])),
        form.close,
      );
    }
    case 'until-close':
      return whole(withHead(answer, { ...form, close: true }, [], body), true);
    case 'until-close-reset': {
      const half = body.subarray(0, body.length >> 1);
      return { ...whole(withHead(answer, { ...form, close: true }, [], half), true), end: 'reset' };
    }
    case 'interim-storm': {
      const interim = head(103, ['Link: </style.css>; rel=preload']).repeat(Math.max(1, bytes));
      return whole(Buffer.concat([Buffer.from(interim), encode(answer, form)]), form.close);
    }
    case 'body-with-204':
    case 'body-with-304': {
      const status = kind === 'body-with-204' ? 204 : 304;
      return whole(withHead({ ...answer, status }, form, [lengthLine], body), form.close);
    }
    case 'two-lengths':
      return whole(
        withHead(answer, form, [lengthLine, `Content-Length: ${body.length - 1}`], body),
        form.close,
      );
    case 'length-and-chunks':
      return whole(
        withHead(answer, form, [lengthLine, chunkLine], Buffer.concat([chunked(body), lastChunk])),
        form.close,
      );
    case 'garbage':
      return whole(Buffer.from('SSH-2.0-OpenSSH_9.9\r\n'), form.close);
    default:
      return null;
  }
}

const reasonPhrases: Readonly<Record<number, string>> = {
  103: 'Early Hints',
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Content Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

function reasonPhrase(status: number): string {
  return reasonPhrases[status] ?? 'Status';
}
