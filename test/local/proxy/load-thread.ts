// As many requests as a proxy takes, from a thread of its own: each connection asks again as soon as it has been answered.
import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

const { port, connections } = workerData as { readonly port: number; readonly connections: number };
const request = 'GET /nobody HTTP/1.1\r\nHost: load\r\n\r\n';
let answered = 0;

for (let i = 0; i < connections; i++) {
  const socket = connect(port, '127.0.0.1', () => socket.write(request));
  socket.on('data', () => {
    answered++;
    // All are at work.
    if (answered === connections * 2) parentPort!.postMessage('busy');
    socket.write(request);
  });
  socket.on('error', () => undefined);
}
