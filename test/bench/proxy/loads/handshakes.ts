// A new TLS connection for each request, nothing resumed: what a client costs that comes for the first time.
import { connect, type TLSSocket } from 'node:tls';
import type { Run } from './generator-program.ts';

export const runHandshakes: Run = (target, book, ready) => {
  const { asking, port } = target;
  const request = `GET ${asking.path} HTTP/1.1\r\nHost: ${asking.host}\r\nConnection: close\r\n\r\n`;
  const open = new Set<TLSSocket>();
  const ask = (): void => {
    if (book.isEnding) return;
    const startUs = performance.now() * 1000;
    let received = '';
    // One group that all contenders' libraries know: newer ones would choose a dearer one among themselves.
    const socket = connect({
      port,
      host: '127.0.0.1',
      servername: asking.serverName,
      rejectUnauthorized: false,
      ecdhCurve: 'X25519',
      minVersion: 'TLSv1.3',
    });
    open.add(socket);
    socket.on('secureConnect', () => socket.write(request));
    socket.on('data', (bytes: Buffer) => {
      if (received.length < 12) received += bytes.toString('latin1');
    });
    socket.on('error', (error) => book.failed(error.message));
    socket.on('close', () => {
      open.delete(socket);
      if (received.startsWith('HTTP/1.1 200')) book.answered(performance.now() * 1000 - startUs);
      else book.failed(`answered with '${received.slice(0, 40)}'`);
      ask();
    });
  };
  for (let i = 0; i < target.connections; i++) ask();
  setImmediate(ready);
  return () => {
    for (const socket of open) socket.destroy();
  };
};
