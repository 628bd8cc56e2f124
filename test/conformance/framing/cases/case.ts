// What a case of the table is, and the words that it is written with. Texts are bytes, one character each.

/** Of a request. */
export type Verdict =
  /** This status, the connection is closed, no byte has reached the upstream. */
  | { readonly kind: 'refused'; readonly status: number }
  /** Understood, and answered by the proxy itself; the connection goes on. */
  | { readonly kind: 'answered'; readonly status: number }
  /** The upstream gets one request with this body as it stands on the wire; of the rest it has and lacks this. */
  | { readonly kind: 'passed'; readonly body: string; readonly has: RegExp; readonly lacks: RegExp };

export interface RequestCase {
  readonly name: string;
  readonly reason: string;
  readonly send: string;
  readonly verdict: Verdict;
}

/** Of a response: 502, or the client gets one that has and lacks this, or it sees that the response was cut. */
export type ResponseVerdict =
  | { readonly kind: 'bad gateway' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'passed'; readonly has: RegExp; readonly lacks: RegExp };

export interface ResponseCase {
  readonly name: string;
  readonly reason: string;
  /** What the upstream sends; a second part comes a moment later. */
  readonly answer: readonly [string, string?];
  /** The upstream closes when it has sent it. */
  readonly closes: boolean;
  readonly request: string;
  readonly verdict: ResponseVerdict;
}

const nothing = /(?!)/;

export function refused(status: number, name: string, reason: string, send: string): RequestCase {
  return { name, reason, send, verdict: { kind: 'refused', status } };
}

export function answered(status: number, name: string, reason: string, send: string): RequestCase {
  return { name, reason, send, verdict: { kind: 'answered', status } };
}

/** Goes on with its body as it came. */
export function passed(name: string, reason: string, send: string, body = ''): RequestCase {
  return { name, reason, send, verdict: { kind: 'passed', body, has: /^/, lacks: nothing } };
}

/** Goes on, but not as it came. */
export function normalised(
  name: string,
  reason: string,
  send: string,
  has: RegExp,
  lacks: RegExp = nothing,
  body = '',
): RequestCase {
  return { name, reason, send, verdict: { kind: 'passed', body, has, lacks } };
}

export const host = 'Host: a\r\n';

/** A request with a Host and more fields, each ended. */
export function request(fields: string, target = '/', method = 'GET', body = ''): string {
  return `${method} ${target} HTTP/1.1\r\n${host}${fields}\r\n${body}`;
}

export function post(fields: string, body = ''): string {
  return request(fields, '/', 'POST', body);
}

export function chunked(body: string): string {
  return post('Transfer-Encoding: chunked\r\n', body);
}

/** With one chunk before the trailers. */
export function withTrailers(trailers: string): string {
  return chunked(`1\r\nx\r\n0\r\n${trailers}\r\n`);
}

export const plainRequest = request('');
/** Where our own head adds nothing: Server and Date are there. */
export const ok = 'HTTP/1.1 200 OK\r\nServer: t\r\nDate: d\r\n';

function response(verdict: ResponseVerdict) {
  return (name: string, reason: string, answer: string, closes = false): ResponseCase => ({
    name,
    reason,
    answer: [answer],
    closes,
    request: plainRequest,
    verdict,
  });
}

export const badGateway = response({ kind: 'bad gateway' });
export const cut = response({ kind: 'cut' });

export function passedBack(
  name: string,
  reason: string,
  answer: string,
  has: RegExp,
  lacks: RegExp = nothing,
  closes = false,
): ResponseCase {
  return response({ kind: 'passed', has, lacks })(name, reason, answer, closes);
}
