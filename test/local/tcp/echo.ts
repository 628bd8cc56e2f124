// Many connections at once to a server that sends back what it reads, out of the very bytes it has read: some clients do not
// read for a while, so that the server's writes have to wait, while others go on.
import type { Tcp, TcpListener } from '../../../src/ports/tcp.ts';

const stepBytes = 65_536;
const connections = 24;

const isSlow = (client: number): boolean => client % 3 === 0;
/** Of a slow one more than the kernel takes on the way. */
const stepsOf = (client: number): number => (isSlow(client) ? 256 : 48);

/** The stream of one client: its own number and the position in each word. */
function stepOf(client: number, index: number): Buffer {
  const words = new Uint32Array(stepBytes / 4);
  for (let i = 0; i < words.length; i++) words[i] = ((client << 24) | (index * words.length + i)) >>> 0;
  return Buffer.from(words.buffer);
}

export interface Echoes {
  /** Clients that got back all that they had sent, and an end behind it. */
  readonly whole: number;
  readonly wrong: readonly string[];
  /** Writes of the server that had to wait. */
  readonly waits: number;
}

export function echoAll(tcp: Tcp): Promise<Echoes> {
  return new Promise((resolve, reject) => {
    let waits = 0;
    let over = 0;
    let whole = 0;
    const wrong: string[] = [];
    let listener: TcpListener;
    const slow: (() => void)[] = [];
    const ended = (problem: string | null): void => {
      if (problem === null) whole++;
      else wrong.push(problem);
      over++;
      if (over === connections - slow.length) for (const goOn of slow.splice(0)) goOn();
      if (over === connections) listener.close(() => resolve({ whole, wrong, waits }));
    };

    const begin = (client: number): void => {
      let sent = 0;
      let received = 0;
      let problem: string | null = null;
      const steps = stepsOf(client);
      const send = (): void => {
        while (sent < steps) if (!connection.write(stepOf(client, sent++))) return;
        connection.end();
      };
      const connection = tcp.connect('127.0.0.1', listener.port, {
        onConnect() {
          if (isSlow(client)) {
            connection.pause();
            slow.push(() => connection.resume());
          }
          send();
        },
        onData(bytes, start, end) {
          for (let at = start; at < end; ) {
            const from = received % stepBytes;
            const size = Math.min(end - at, stepBytes - from);
            const expected = stepOf(client, Math.floor(received / stepBytes));
            if (expected.compare(bytes, at, at + size, from, from + size) !== 0)
              problem ??= `client ${client}: other bytes after ${received}`;
            at += size;
            received += size;
          }
        },
        onDrain: send,
        onEnd() {},
        onClose: (error) =>
          ended(
            error ??
              problem ??
              (received === steps * stepBytes ? null : `client ${client}: ${received} bytes`),
          ),
      });
    };

    tcp.listen(
      { host: '127.0.0.1', port: 0 },
      (connection) => ({
        onData(bytes, start, end) {
          if (connection.write(bytes.subarray(start, end))) return;
          waits++;
          connection.pause();
        },
        onDrain: () => connection.resume(),
        onEnd: () => connection.end(),
        onClose() {},
      }),
      (error, made) => {
        if (made === null) {
          reject(new Error(String(error)));
          return;
        }
        listener = made;
        for (let client = 0; client < connections; client++) begin(client);
      },
    );
  });
}
