// Whether byte streams do what the port says, found out over loopback before anybody depends on it: every verb is used,
// every byte, FIN and reset has to arrive. It takes some milliseconds.
import type { Tcp, TcpClientHandler, TcpConnection, TcpHandler, TcpListener } from '../ports/tcp.ts';

const host = '127.0.0.1';
const limitMs = 2_000;
const greeting = 'tidegate';
const farewell = 'reset me';
/** Its first part, which is answered. */
const request = 'reset';
/** More than the kernel takes at once, so that a write has to wait. */
const steps = 128;
const stepBytes = 64 * 1024;

const ignoring: TcpClientHandler = {
  onConnect() {},
  onData() {},
  onDrain() {},
  onEnd() {},
  onClose() {},
};

/** `done` is called once, with null or with what went wrong. */
export function testTcp(tcp: Tcp, done: (failure: string | null) => void): void {
  const connections: TcpConnection[] = [];
  const expected = emptyStep();
  let listener: TcpListener | null = null;
  let isOver = false;
  let client: TcpConnection | null = null;
  let hasWaited = false;
  const timer = setTimeout(() => finish('it did not come to an end'), limitMs);

  function finish(failure: string | null): void {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    for (const connection of connections) connection.destroy();
    if (listener === null) done(failure);
    else listener.close(() => done(failure));
  }

  /** What a step throws is a verdict too. */
  const guarded =
    <Arguments extends readonly unknown[]>(step: (...given: Arguments) => void) =>
    (...given: Arguments): void => {
      if (isOver) return;
      try {
        step(...given);
      } catch (error) {
        finish(error instanceof Error ? error.message : String(error));
      }
    };

  const accept = (connection: TcpConnection): TcpHandler => {
    connections.push(connection);
    let heard = '';
    let sent = 0;
    // Used again and again: taken means that we may do with it what we want.
    const step = emptyStep();
    const send = guarded(() => {
      while (sent < steps) {
        if (connection.write(numbered(step, sent++))) continue;
        hasWaited = true;
        client?.resume();
        return;
      }
      if (hasWaited) connection.end();
      else finish('every write was taken at once');
    });
    return {
      ...ignoring,
      onData: guarded((bytes: Buffer, start: number, end: number) => {
        heard += bytes.toString('latin1', start, end);
        if (heard === greeting) send();
        else if (heard === request) connection.write(Buffer.from('when?'));
        else if (heard === farewell) connection.reset?.();
        else if (heard.length >= greeting.length) finish(`${JSON.stringify(heard)} arrived`);
      }),
      onDrain: send,
      onClose: guarded((error: string | null) => {
        if (error === null && heard === greeting) resetOne();
        else finish(`a connection that was ended closed with ${error}`);
      }),
    };
  };

  const transferOne = guarded(() => {
    let received = 0;
    const connection = tcp.connect(host, listener!.port, {
      ...ignoring,
      onConnect: guarded(() => connection.write2(Buffer.from('tide'), Buffer.from('gate'))),
      onData: guarded((bytes: Buffer, start: number, end: number, headroom: number) => {
        if (received === 0 && !hasWaited) connection.pause();
        if (start < headroom) finish('there is no room before what was read');
        for (let at = start; at < end; ) {
          const from = received % stepBytes;
          const size = Math.min(end - at, stepBytes - from);
          numbered(expected, Math.floor(received / stepBytes));
          if (expected.compare(bytes, at, at + size, from, from + size) !== 0)
            finish(`of ${size} bytes after ${received} some are others`);
          at += size;
          received += size;
        }
      }),
      onEnd: guarded(() => {
        if (received !== steps * stepBytes) finish(`${received} bytes arrived`);
        connection.end();
      }),
      onClose: guarded((error: string | null) => {
        if (error !== null) finish(`a transfer ended with ${error}`);
      }),
    });
    client = connection;
    connections.push(connection);
  });

  const resetOne = guarded(() => {
    const connection = tcp.connect(host, listener!.port, {
      ...ignoring,
      onConnect: guarded(() => connection.write(Buffer.from(request))),
      // All that was sent before has been read then, so that what comes next is the reset.
      onData: guarded(() => connection.write(Buffer.from(farewell.slice(request.length)))),
      onClose: guarded((error: string | null) => {
        if (error === 'ECONNRESET') refuseOne();
        else finish(`a reset connection closed with ${error}`);
      }),
    });
    connections.push(connection);
  });

  const refuseOne = guarded(() => {
    const { port } = listener!;
    listener!.close(
      guarded(() => {
        listener = null;
        const connection = tcp.connect(host, port, {
          ...ignoring,
          onConnect: () => finish('a closed port was connected to'),
          onClose: (error) => finish(error === 'ECONNREFUSED' ? null : `refused with ${error}`),
        });
        connections.push(connection);
      }),
    );
  });

  guarded(() =>
    tcp.listen({ host, port: 0 }, accept, (error, bound) => {
      listener = bound;
      if (isOver) bound?.close(() => undefined);
      else if (bound === null) finish(`cannot listen: ${error}`);
      else transferOne();
    }),
  )();
}

function emptyStep(): Buffer {
  return Buffer.alloc(stepBytes, 'the number of the step comes before this ');
}

/** No step is like another, so one that is lost or doubled shows. */
function numbered(step: Buffer, index: number): Buffer {
  step.writeUInt32BE(index);
  return step;
}
