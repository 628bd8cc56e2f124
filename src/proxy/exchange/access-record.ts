// What an access log says about one exchange, whatever its format. What the client sent is taken from its bytes.
import type { CompiledConsumer, CompiledRoute } from '../compile/compiled.ts';
import type { ByteRange } from '../http/byte-range.ts';
import type { ExitReason } from './exits.ts';

export type AccessFormat = 'json' | 'combined';

/** One target that was asked. */
export interface AccessTry {
  readonly host: string;
  readonly port: number;
  /** null: it did not fail. */
  readonly failure: { readonly reason: ExitReason; readonly status: number } | null;
}

export interface AccessRecord {
  /** 32 hex digits. */
  readonly requestId: Buffer;
  readonly clientAddress: Buffer;
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** 'SUCCESS', 'NONE', 'FAILED:...'; '' where no certificate was asked for. */
  readonly clientVerify: string;
  readonly target: ByteRange;
  readonly httpVersion: string;
  readonly host: string;
  readonly port: number;
  readonly status: number;
  readonly isProxied: boolean;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Of them the head's. */
  readonly responseHeadBytes: number;
  readonly durationUs: number;
  /** Before the request went out; 0 where it did not. */
  readonly proxyMs: number;
  /** From then to the head of the response; negative where none came. */
  readonly upstreamMs: number;
  readonly tries: readonly AccessTry[];
  /** As the upstream was asked; empty where none was. */
  readonly upstreamTarget: ByteRange;
  readonly route: CompiledRoute | null;
  readonly consumer: CompiledConsumer | null;
  readonly credentialId: string;
  readonly exitReason: ExitReason | '';
  readonly referer: ByteRange;
  readonly userAgent: ByteRange;
  /** When it ended. */
  readonly wallMs: number;
}
