// Many clients at once that do nothing, or next to nothing, and a good one that wants answers.
import { connect, type Socket } from 'node:net';

/** Connections being opened at a time: fewer than the kernel keeps for a listener. */
const openingMax = 500;

export interface Crowd {
  /** Open now. */
  readonly open: ReadonlySet<Socket>;
  /** What each of them says. */
  say(text: string): void;
  leave(): void;
}

/** Resolves when all have connected, whether they still are or not. */
export function gather(port: number, count: number, greeting: string): Promise<Crowd> {
  const open = new Set<Socket>();
  let begun = 0;
  let settled = 0;
  return new Promise((resolve) => {
    const crowd: Crowd = {
      open,
      say: (text) => {
        for (const socket of open) socket.write(text);
      },
      leave: () => {
        for (const socket of open) socket.destroy();
      },
    };
    const settle = (): void => {
      settled++;
      if (settled === count) resolve(crowd);
      else begin();
    };
    const begin = (): void => {
      while (begun < count && begun - settled < openingMax) {
        begun++;
        const socket = connect(port, '127.0.0.1');
        let hasSettled = false;
        const once = (): void => {
          if (hasSettled) return;
          hasSettled = true;
          settle();
        };
        socket.on('connect', () => {
          open.add(socket);
          if (greeting !== '') socket.write(greeting);
          once();
        });
        socket.on('data', () => undefined);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          open.delete(socket);
          once();
        });
      }
    };
    begin();
  });
}

/** One request on a connection of its own: the status, or what went wrong. */
export function ask(port: number): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () =>
      socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'),
    );
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.on('close', () => resolve(text.slice(9, 12)));
  });
}

/** Requests one after the other; the set of what came of them. */
export async function askMany(port: number, count: number): Promise<readonly string[]> {
  const results = new Set<string>();
  for (let i = 0; i < count; i++) results.add(await ask(port));
  return [...results];
}
