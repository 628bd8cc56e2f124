// One httpGet or tcpSocket probe over the Tcp port, as the kubelet makes it: 200 to 399 is healthy.
import type { Clock } from '../../src/ports/clock.ts';
import type { Tcp, TcpClientHandler, TcpConnection } from '../../src/ports/tcp.ts';

export interface ProbeTarget {
  readonly host: string;
  readonly port: number;
  /** null: a TCP connection is enough. */
  readonly request: {
    readonly path: string;
    readonly headers: readonly (readonly [string, string])[];
  } | null;
}

const giveUpMs = 10_000;
const statusBytesMax = 4096;

export function callProbe(tcp: Tcp, clock: Clock, target: ProbeTarget, done: (ok: boolean) => void): void {
  let connection: TcpConnection | null = null;
  let finished = false;
  let received = '';

  const finish = (ok: boolean, destroy: boolean) => {
    if (finished) return;
    finished = true;
    timer.cancel();
    if (destroy) connection?.destroy();
    done(ok);
  };
  const timer = clock.after(giveUpMs, () => finish(false, true));
  const handler: TcpClientHandler = {
    onConnect() {
      if (target.request === null) finish(true, true);
      else connection?.write(encode(target));
    },
    onData(bytes, start, end) {
      received += bytes.toString('latin1', start, Math.min(end, start + statusBytesMax));
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(received);
      if (status !== null) finish(Number(status[1]) >= 200 && Number(status[1]) < 400, true);
      else if (received.length > statusBytesMax) finish(false, true);
    },
    onDrain() {},
    onEnd: () => finish(false, true),
    onClose: () => finish(false, false),
  };
  connection = tcp.connect(target.host, target.port, handler);
}

function encode(target: ProbeTarget): Buffer {
  const path = target.request!.path.startsWith('/') ? target.request!.path : `/${target.request!.path}`;
  const named = target.request!.headers.some(([name]) => name.toLowerCase() === 'host');
  const headers = [
    ...(named ? [] : [['Host', `${target.host}:${target.port}`] as const]),
    ['User-Agent', 'kube-probe/1.35'] as const,
    ['Connection', 'close'] as const,
    ...target.request!.headers,
  ].map(([name, value]) => `${name}: ${value.replace(/[\r\n]/g, ' ')}\r\n`);
  return Buffer.from(`GET ${path.replace(/[\s\r\n]/g, '%20')} HTTP/1.1\r\n${headers.join('')}\r\n`, 'latin1');
}
