// Connections of gateways to pods, as far as they can be cut from the pod's end: at one byte of what comes or of what goes.
import type { Cut } from '../../../sim/network/faults.ts';
import type { Tcp, TcpConnection, TcpHandler } from '../../../src/ports/tcp.ts';

interface Armed {
  readonly cut: Cut;
  left: number;
}

/** One connection that a pod has. */
class Cable {
  readonly destination: string;
  private readonly connection: TcpConnection;
  private readonly armed: Map<Cut, Armed> = new Map();
  private handler: TcpHandler | null = null;
  private readonly onGone: (cable: Cable) => void;
  private readonly onHadEnough: (cut: Cut) => void;

  constructor(
    connection: TcpConnection,
    destination: string,
    onGone: (cable: Cable) => void,
    onHadEnough: (cut: Cut) => void,
  ) {
    this.connection = connection;
    this.destination = destination;
    this.onGone = onGone;
    this.onHadEnough = onHadEnough;
    const { write, write2, destroy } = connection;
    connection.write = (bytes) => this.send(bytes, (all) => write.call(connection, all));
    connection.write2 = (first, second) =>
      this.armed.size === 0
        ? write2.call(connection, first, second)
        : this.send(Buffer.concat([first, second]), (all) => write.call(connection, all));
    connection.destroy = () => {
      this.onGone(this);
      destroy.call(connection);
    };
  }

  arm(cut: Cut): void {
    this.armed.set(cut, { cut, left: cut.bytes });
  }

  disarm(cut: Cut): void {
    this.armed.delete(cut);
  }

  around(handler: TcpHandler): TcpHandler {
    this.handler = handler;
    return {
      onData: (bytes, start, end, headroom) => {
        const most = this.allowed('client', end - start);
        if (most > 0) handler.onData(bytes, start, start + most, headroom);
        if (most < end - start) this.cut();
      },
      onDrain: () => handler.onDrain(),
      onEnd: () => handler.onEnd(),
      onClose: (error) => {
        this.onGone(this);
        handler.onClose(error);
      },
    };
  }

  private send(bytes: Buffer, write: (bytes: Buffer) => boolean): boolean {
    const most = this.allowed('server', bytes.length);
    if (most === bytes.length) return write(bytes);
    if (most > 0) write(bytes.subarray(0, most));
    this.cut();
    return true;
  }

  /** How many of so many bytes get through. */
  private allowed(side: Cut['side'], bytes: number): number {
    for (const armed of this.armed.values()) {
      if (armed.cut.side !== side) continue;
      if (bytes <= armed.left) {
        armed.left -= bytes;
        continue;
      }
      if (!armed.cut.onCut()) this.onHadEnough(armed.cut);
      return armed.left;
    }
    return bytes;
  }

  private cut(): void {
    const { connection, handler } = this;
    this.handler = null;
    this.onGone(this);
    if (connection.reset === undefined) connection.destroy();
    else connection.reset();
    handler?.onClose('ECONNRESET');
  }
}

export interface Cables {
  /** The same streams, whose accepted connections can be cut. Connections that come from itself cannot. */
  around(tcp: Tcp): Tcp;
  cutAt(cut: Cut): () => void;
}

export function createCables(): Cables {
  const cables: Set<Cable> = new Set();
  const cuts: Set<Cut> = new Set();
  /** Ports of connections of this process: probes. */
  const own: Set<number> = new Set();
  const forget = (cut: Cut): void => {
    cuts.delete(cut);
    for (const cable of cables) cable.disarm(cut);
  };
  return {
    around(tcp) {
      return {
        listen(options, accept, done) {
          const accepting = (connection: TcpConnection): TcpHandler | null => {
            if (own.has(connection.remotePort)) return accept(connection);
            const destination = `${options.host}:${options.port}`;
            const cable = new Cable(connection, destination, (gone) => void cables.delete(gone), forget);
            cables.add(cable);
            for (const cut of cuts) if (cut.destination(destination)) cable.arm(cut);
            const handler = accept(connection);
            if (handler === null) cables.delete(cable);
            return handler === null ? null : cable.around(handler);
          };
          tcp.listen(options, accepting, done);
        },
        connect(host, port, handler) {
          let ownPort = 0;
          const connection = tcp.connect(host, port, {
            onConnect() {
              ownPort = connection.localPort;
              own.add(ownPort);
              handler.onConnect();
            },
            onData: (bytes, start, end, headroom) => handler.onData(bytes, start, end, headroom),
            onDrain: () => handler.onDrain(),
            onEnd: () => handler.onEnd(),
            onClose(error) {
              own.delete(ownPort);
              handler.onClose(error);
            },
          });
          return connection;
        },
      };
    },
    cutAt(cut) {
      cuts.add(cut);
      for (const cable of cables) if (cut.destination(cable.destination)) cable.arm(cut);
      return () => forget(cut);
    },
  };
}
