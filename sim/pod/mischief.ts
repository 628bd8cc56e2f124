// What a pod can be told to do wrong while it runs: at which moment it strikes, how often, and with which figures. It is
// data, so a fault of the simulator, a test and a request to /_pod/misbehave all set the same thing.

/** The moment at which a kind strikes. */
export type MischiefMoment =
  /** As long as it is set: no port listens. */
  | 'listen'
  /** As long as it is set: health paths answer 503. */
  | 'health'
  /** When the first byte of a request comes. */
  | 'request'
  /** When a head has come and not the whole of its body. */
  | 'body'
  /** When an answer is written. */
  | 'answer'
  /** When a request asks for a WebSocket. */
  | 'upgrade';

const moments = {
  refuses: 'listen',
  unready: 'health',
  /** Closes a connection that has served before, as the next request arrives on it. */
  'closes-on-reuse': 'request',
  /** Takes some bytes of a request and resets the connection. */
  'resets-request': 'request',
  /** Refuses a request (413) without waiting for its body, whose rest it takes and throws away. */
  'answers-early': 'body',
  /** The same, and ends the connection. */
  'answers-early-and-closes': 'body',
  /** Reads the request and says nothing to it. */
  'says-nothing': 'answer',
  /** Answers 503. */
  fails: 'answer',
  'late-head': 'answer',
  /** A few bytes at a time. */
  trickles: 'answer',
  /** Some bytes, a long pause, the rest. */
  stalls: 'answer',
  /** Some bytes, then a reset. */
  'resets-answer': 'answer',
  /** Closes its connection a while after the answer, without a word before. */
  'closes-idle': 'answer',
  /** Sends another answer, that nobody asked for, a while after the right one. */
  'speaks-unasked': 'answer',
  /** Fewer bytes than Content-Length says, then the end. */
  'short-body': 'answer',
  /** More bytes than Content-Length says. */
  'long-body': 'answer',
  /** Chunks without the last one, then the end. */
  'chunks-cut': 'answer',
  /** Proper chunks with trailer fields. */
  trailers: 'answer',
  /** A proper body that ends with the connection. */
  'until-close': 'answer',
  /** The same, but half of it and then a reset. */
  'until-close-reset': 'answer',
  /** So many 103 before the answer. */
  'interim-storm': 'answer',
  'body-with-204': 'answer',
  'body-with-304': 'answer',
  /** Content-Length twice, with different numbers. */
  'two-lengths': 'answer',
  /** Content-Length and Transfer-Encoding. */
  'length-and-chunks': 'answer',
  /** Not HTTP. */
  garbage: 'answer',
  'refuses-upgrade': 'upgrade',
  /** Ends its direction of the WebSocket after the first message. */
  'half-closes': 'upgrade',
  /** Takes messages and sends none back. */
  'stays-silent': 'upgrade',
  /** Resets the WebSocket a while after it was opened. */
  'drops-upgraded': 'upgrade',
} as const satisfies Readonly<Record<string, MischiefMoment>>;

export type MischiefKind = keyof typeof moments;

export const mischiefKinds = Object.keys(moments) as readonly MischiefKind[];

export interface Mischief {
  readonly kind: MischiefKind;
  /** How often it strikes; what is not counted in strikes (refuses, unready) lasts until it is taken back. */
  readonly count: number;
  /** The pause of kinds that have one. */
  readonly ms: number;
  /** The position, or the number, of kinds that have one. */
  readonly bytes: number;
}

export function momentOf(kind: MischiefKind): MischiefMoment {
  return moments[kind];
}

const countMax = 1_000_000;
const msMax = 3_600_000;

function figure(text: string | null, fallback: number, most: number): number | null {
  if (text === null) return fallback;
  return /^\d{1,7}$/.test(text) && Number(text) <= most ? Number(text) : null;
}

/** From a query, 'kind=trickles&count=3&ms=50&bytes=10'; a sentence where it cannot be read. */
export function parseMischief(query: string): Mischief | string {
  const fields = new URLSearchParams(query);
  const kind = mischiefKinds.find((name) => name === fields.get('kind'));
  if (kind === undefined)
    return `kind is '${fields.get('kind') ?? ''}', known are ${mischiefKinds.join(', ')}`;
  const count = figure(fields.get('count'), countMax, countMax);
  const ms = figure(fields.get('ms'), 0, msMax);
  const bytes = figure(fields.get('bytes'), 0, countMax);
  if (count === null || ms === null || bytes === null)
    return `count and bytes must be whole numbers up to ${countMax}, ms one up to ${msMax}`;
  return { kind, count, ms, bytes };
}
