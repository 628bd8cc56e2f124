// A node server behind the port's listener: bound, its port told, an error on the way told once.
import type { Server } from 'node:net';
import type { TcpListener } from '../ports/tcp.ts';

/** Connections that the kernel keeps for us. */
const backlog = 4096;

export interface ListenAt {
  readonly host: string;
  readonly port: number;
  readonly reusePort?: boolean;
}

export function listen(
  server: Server,
  { host, port: wanted, reusePort = false }: ListenAt,
  done: (error: string | null, listener: TcpListener | null) => void,
): void {
  let isListening = false;
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (!isListening) done(error.code ?? error.message, null);
  });
  server.listen({ host, port: wanted, backlog, reusePort }, () => {
    isListening = true;
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : wanted;
    done(null, { host, port, close: (closed) => server.close(() => closed()) });
  });
}
