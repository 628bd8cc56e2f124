// What a plugin may see and do in each phase. One object implements them all (the exchange); the types restrict it, so
// calling the wrong thing at the wrong time does not compile. Strings are latin1 views made on demand; names lower case.
import type { Compiled, CompiledConsumer, CompiledRoute, CompiledService } from '../compile/compiled.ts';

import type { ErrorPages } from './error-page.ts';

/** A handler's answer for a phase that may end or hold the exchange. */
export const phaseDone = 0;
/** The handler has called `exit`. */
export const phaseExit = 1;
/** The handler will call `resume()` later; the head has been copied into a private buffer. */
export const phaseWait = 2;
export type PhaseResult = typeof phaseDone | typeof phaseExit | typeof phaseWait;

export interface RequestView {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** Lower case, without port; '' when the client sent none (HTTP/1.0). */
  readonly host: string;
  /** The Host header as sent, port included. */
  readonly rawHost: string;
  /** Path as sent (not normalised), without query. */
  readonly path: string;
  /** Query without '?'; '' when there is none. */
  readonly query: string;
  readonly httpVersion: '1.0' | '1.1' | '2';
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly serverPort: number;
  /** 32 hex digits, the X-Kong-Request-Id. */
  readonly requestId: string;
  /** First value of the client's header, or null. */
  header(name: string): string | null;
  /** All header lines in order, names as sent. */
  headers(): readonly (readonly [name: string, value: string])[];
}

/** Edits of the request towards the upstream. Recorded, applied once when the head is written. */
export interface RequestEdits {
  setHeader(name: string, value: string): void;
  addHeader(name: string, value: string): void;
  removeHeader(name: string): void;
  setMethod(method: string): void;
  /** Replaces the path towards the upstream (after strip and service path); no query. */
  setPath(path: string): void;
  setQuery(query: string): void;
  /** Current value including edits. */
  currentHeader(name: string): string | null;
  currentQuery(): string;
  /**
   * Asks for the whole request body before the head is sent; `transform` gives the bytes to send instead (Content-Length
   * follows). Bodies over `bytesMax` are refused with 413. Call in access, then return phaseDone; `transform` runs when
   * all access phases are done and the body is complete, never for a request without body, and may call `exit`.
   */
  transformBody(bytesMax: number, transform: (body: Buffer) => Buffer): void;
}

export interface ExitReply {
  readonly status: number;
  /** An object is sent as compact JSON; a string as it is. */
  readonly body: string | Readonly<Record<string, unknown>> | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface AccessContext {
  /** How errors are written. */
  readonly errorPages: ErrorPages;
  readonly request: RequestView;
  readonly edits: RequestEdits;
  readonly compiled: Compiled;
  readonly route: CompiledRoute | null;
  readonly service: CompiledService | null;
  /** Monotonic milliseconds, coarse. */
  readonly nowMs: number;
  /** Wall milliseconds, coarse. */
  readonly wallMs: number;
  /** The path as routes see it: without escapes of what needs none, and without dot segments. */
  readonly normalPath: string;
  /** Named groups and positions of the regex path that matched, or null. */
  readonly uriCaptures: Readonly<Record<string, string>> | null;
  consumer: CompiledConsumer | null;
  /** Id of the credential that authenticated, or ''. */
  credentialId: string;
  /** Answers the request ourselves; return phaseExit afterwards. */
  exit(reply: ExitReply): void;
  /** Adds a header to whatever response is sent in the end (ours or the upstream's). */
  addResponseHeader(name: string, value: string): void;
  /**
   * Asks for the whole request body within access, because what later plugins do depends on it: return what this returns.
   * `take` runs once, at once where there is no body, and answers done or exit in the place of access. Bodies over
   * `bytesMax` are refused with 413.
   */
  readBody(bytesMax: number, take: (body: Buffer) => PhaseResult): PhaseResult;
  /** After phaseWait. */
  resume(): void;
}

export interface HeaderFilterContext {
  readonly request: RequestView;
  readonly compiled: Compiled;
  readonly route: CompiledRoute | null;
  readonly service: CompiledService | null;
  readonly consumer: CompiledConsumer | null;
  /** Status towards the client. */
  readonly status: number;
  /** False when the response was made by us (exit or error). */
  readonly isProxied: boolean;
  responseHeader(name: string): string | null;
  setResponseHeader(name: string, value: string): void;
  addResponseHeader(name: string, value: string): void;
  removeResponseHeader(name: string): void;
}

/** Transforms a response body as it streams. Bytes are valid only during the call. */
export interface BodyFilter {
  /** Gives output to `emit` any number of times; returns false when it is full until `drained`. */
  push(bytes: Buffer, start: number, end: number, isLast: boolean, emit: (bytes: Buffer) => void): boolean;
  drained(): void;
}

export interface LogContext extends HeaderFilterContext {
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Microseconds from the first byte of the head to the last byte of the response. */
  readonly durationUs: number;
  /** Closed list of reasons in exits.ts; '' for a normally proxied response. */
  readonly exitReason: string;
}
