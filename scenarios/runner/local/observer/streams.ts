// Byte streams with ears on them: who comes, who is called, and when each connection is gone.
import type { Env } from '../../../../src/ports/env.ts';
import type { TcpClientHandler, TcpConnection, TcpHandler } from '../../../../src/ports/tcp.ts';
import type { Observation } from './records.ts';

type Note = Observation extends infer O ? (O extends Observation ? Omit<O, 'atUs'> : never) : never;
export type Say = (observation: Note) => void;

export interface Ears {
  readonly say: Say;
  nowUs(): number;
}

/** The handler of a connection, with its end told once. */
function heard<H extends TcpHandler>(handler: H, onGone: () => void): H {
  return {
    onData: (bytes: Buffer, start: number, end: number, headroom: number) =>
      handler.onData(bytes, start, end, headroom),
    onDrain: () => handler.onDrain(),
    onEnd: () => handler.onEnd(),
    onClose(error: string | null) {
      onGone();
      handler.onClose(error);
    },
    ...('onConnect' in handler
      ? { onConnect: () => (handler as unknown as TcpClientHandler).onConnect() }
      : {}),
  } as unknown as H;
}

/** Its owner lets it go without a word to the handler. */
function toldWhenDestroyed(connection: TcpConnection, onGone: () => void): void {
  const { destroy, reset } = connection;
  connection.destroy = () => {
    onGone();
    destroy.call(connection);
  };
  if (reset !== undefined)
    connection.reset = () => {
      onGone();
      reset.call(connection);
    };
}

export class Streams {
  private readonly ears: Ears;
  private readonly worker: number;
  private ends = 0;
  private readonly open: Set<TcpConnection> = new Set();
  /** Since when it listens, from the first call on; null: it has not begun. */
  listeningUs: number | null = null;

  constructor(ears: Ears, worker: number) {
    this.ears = ears;
    this.worker = worker;
  }

  private gone(end: number, connection: () => TcpConnection): () => void {
    let told = false;
    return () => {
      if (told) return;
      told = true;
      this.open.delete(connection());
      this.ears.say({ kind: 'gone', worker: this.worker, end });
    };
  }

  /** Everything that is open ends at once, and its owners hear nothing of it. */
  destroyAll(): void {
    for (const connection of [...this.open]) connection.destroy();
  }

  around({ tcp, tls }: Pick<Env, 'tcp' | 'tls'>): Pick<Env, 'tcp' | 'tls'> {
    return {
      tcp: {
        listen: (options, accept, done) => {
          this.listeningUs ??= this.ears.nowUs();
          return tcp.listen(options, this.accepting(accept), done);
        },
        connect: (host, port, handler) =>
          this.dialing(host, port, handler, (own) => tcp.connect(host, port, own)),
      },
      tls: {
        listen: (options, accept, done) => {
          this.listeningUs ??= this.ears.nowUs();
          return tls.listen(options, this.accepting(accept), done);
        },
        connect: (options, handler) =>
          this.dialing(options.host, options.port, handler, (own) => tls.connect(options, own)),
      },
    };
  }

  private accepting(accept: (connection: TcpConnection) => TcpHandler | null) {
    return (connection: TcpConnection): TcpHandler | null => {
      const end = ++this.ends;
      const { remoteAddress, remotePort } = connection;
      const { worker } = this;
      this.ears.say({ kind: 'accept', worker, end, origin: `${remoteAddress}:${remotePort}` });
      const gone = this.gone(end, () => connection);
      this.open.add(connection);
      toldWhenDestroyed(connection, gone);
      const handler = accept(connection);
      if (handler === null) gone();
      return handler === null ? null : heard(handler, gone);
    };
  }

  private dialing(
    address: string,
    port: number,
    handler: TcpClientHandler,
    connect: (handler: TcpClientHandler) => TcpConnection,
  ): TcpConnection {
    const end = ++this.ends;
    const fromUs = this.ears.nowUs();
    const gone = this.gone(end, () => connection);
    let said = false;
    const say = (localPort: number): void => {
      if (said) return;
      said = true;
      this.ears.say({ kind: 'dial', worker: this.worker, end, address, port, localPort, fromUs });
    };
    const over = (): void => {
      say(0);
      gone();
    };
    const connection = connect({
      ...heard(handler, over),
      onConnect: () => {
        say(connection.localPort);
        handler.onConnect();
      },
    });
    this.open.add(connection);
    toldWhenDestroyed(connection, over);
    return connection;
  }
}
