// Byte streams of clients: plain TCP, and TLS that keeps what the gateway showed. What is open is known by its owner.
import type { Tcp } from '../../../src/ports/tcp.ts';
import type { Tls } from '../../../src/ports/tls.ts';
import { createClientTls } from '../live/client-tls.ts';
import { Streams } from './observer/streams.ts';

export interface ClientStreams {
  readonly tcp: Tcp;
  readonly tls: Tls;
  /** 'address:port' of what is open. */
  open(): readonly string[];
  close(): void;
}

export function createClientStreams(plain: Tcp, nowUs: () => number): ClientStreams {
  const open: Map<number, string> = new Map();
  const streams = new Streams(
    {
      nowUs,
      say(told) {
        if (told.kind === 'dial' && told.localPort !== 0) open.set(told.end, `${told.address}:${told.port}`);
        else if (told.kind === 'gone') open.delete(told.end);
      },
    },
    0,
  );
  const { tcp, tls } = streams.around({ tcp: plain, tls: createClientTls() });
  return { tcp, tls, open: () => [...open.values()], close: () => streams.destroyAll() };
}
