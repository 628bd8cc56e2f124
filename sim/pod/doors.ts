// The ports of a pod: opened one after the other, closed all at once.
import type { Tcp, TcpConnection, TcpHandler, TcpListener } from '../../src/ports/tcp.ts';

/** `ports`: those that are open, the ones before the one that failed. */
export type Opened = (error: string | null, ports: readonly number[]) => void;

export interface DoorsOptions {
  readonly tcp: Tcp;
  readonly host: string;
  readonly ports: readonly number[];
  /** The process has ended: who comes still is not let in. */
  readonly isOver: () => boolean;
  readonly accept: (tcp: TcpConnection) => TcpHandler;
  readonly later: (delayMs: number, run: () => void) => void;
}

export interface Doors {
  /** Called back once all ports listen, or with the first error; not at all after the end. */
  open(done: Opened): void;
  close(done: () => void): void;
}

const retryMs = 20;
const triesMax = 50;

export function createDoors({ tcp, host, ports, isOver, accept, later }: DoorsOptions): Doors {
  let listeners: TcpListener[] = [];

  /** A port may still be busy for a moment after the container before this one was killed. */
  const openFrom = (index: number, tries: number, done: Opened): void => {
    const opened = (): readonly number[] => listeners.map((listener) => listener.port);
    const port = ports[index];
    if (port === undefined) {
      done(null, opened());
      return;
    }
    tcp.listen(
      { host, port },
      (stream) => (isOver() ? null : accept(stream)),
      (error, listener) => {
        if (isOver()) listener?.close(() => {});
        else if (listener !== null) {
          listeners.push(listener);
          openFrom(index + 1, 0, done);
        } else if (error === 'EADDRINUSE' && tries < triesMax)
          later(retryMs, () => openFrom(index, tries + 1, done));
        else done(error, opened());
      },
    );
  };

  return {
    open: (done) => openFrom(0, 0, done),
    close(done) {
      const open = listeners;
      listeners = [];
      let left = open.length;
      if (left === 0) done();
      for (const listener of open)
        listener.close(() => {
          if (--left === 0) done();
        });
    },
  };
}
