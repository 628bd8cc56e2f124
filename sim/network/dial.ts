// Opening a connection: SYN to whoever owns the address, the listener that takes it, and the TLS messages on top. What
// a kernel answers for its processes happens here, so a paused process still accepts into its backlog.
import type { TcpClientHandler, TcpConnection, TcpEnd, TcpHandler } from '../../src/ports/tcp.ts';
import type { ClientTrust, TlsCertificate, TlsServerOptions } from '../../src/ports/tls.ts';
import { below, drawAt } from '../scheduler/draws.ts';
import { type Handshake, SimConnection } from './connection.ts';
import type { Listener } from './machine.ts';
import type { Network } from './network.ts';
import { Pipe } from './pipe.ts';
import type { Process } from './process.ts';
import {
  type AnnouncingOptions,
  alertBytes,
  type ClientHello,
  type Finished,
  helloBytes,
  identityOf,
  type ServerHello,
  verifyServer,
} from './tls-messages.ts';

/** What a byte-stream listener does with connections. */
export interface StreamService {
  readonly kind: 'stream';
  readonly accept: (connection: TcpConnection) => TcpHandler | null;
  readonly tls: TlsServerOptions | null;
}

const syn = { step: 'syn' } as const;
const synAck = { step: 'syn-ack' } as const;
const ack = { step: 'ack' } as const;
const choiceStream = 0xacce;

export interface Dial {
  readonly network: Network;
  readonly life: Process;
  readonly host: string;
  readonly port: number;
  readonly handler: TcpClientHandler;
  readonly tls: AnnouncingOptions | null;
}

/** The client's side: SYN, then the TLS hello when asked for. */
function clientHandshake(dial: Dial, connection: SimConnection): Handshake {
  const { network, handler, tls } = dial;
  let dialled = true;
  const timeout = network.scheduler.after(
    network.options.connectTimeoutUs,
    () => {
      if (!dialled || connection.closed) return;
      connection.out.drop();
      connection.fail('ETIMEDOUT');
    },
    dial.life.lane,
  );
  const open = (): void => {
    timeout.cancel();
    connection.established();
    handler.onConnect();
  };
  return {
    control(payload) {
      if (payload !== synAck) return;
      connection.out.sendControl(ack);
      if (tls === null) {
        open();
        return;
      }
      dialled = false;
      timeout.cancel();
      const { announces } = tls;
      if (announces !== undefined && announces.length > 0)
        connection.out.sendBytes(announces, 0, announces.length);
      const hello: ClientHello = { step: 'hello', serverName: tls.serverName, alpn: ['http/1.1'] };
      connection.out.sendMessage(helloBytes, hello);
    },
    data(payload) {
      const answer = payload as ServerHello | null;
      if (answer === null || answer.step !== 'server-hello') {
        connection.out.sendReset();
        connection.fail('TLS WRONG_VERSION_NUMBER');
        return;
      }
      const problem = answer.alert ?? verifyServer(tls!, answer.certificate, dial.life.wallMs());
      if (problem !== null) {
        connection.out.sendMessage(alertBytes, { step: 'alert' });
        connection.fail(problem);
        connection.out.sendFin();
        return;
      }
      connection.tls = { serverName: tls!.serverName, protocol: answer.protocol };
      connection.peerCertificateId = answer.certificate?.id ?? '';
      connection.peerCertificate = answer.certificate?.cert ?? '';
      const certificate = answer.asks ? (tls!.clientCertificate?.cert ?? '') : '';
      const finished: Finished = { step: 'finished', certificate };
      connection.out.sendMessage(helloBytes, finished);
      open();
    },
    failed(code) {
      timeout.cancel();
      handler.onClose(dialled && code === 'ECONNRESET' ? 'ECONNREFUSED' : code);
    },
  };
}

/** The server's side; `find` is asked when the SYN arrives. */
function serverHandshake(
  network: Network,
  connection: SimConnection,
  find: () => Listener | null,
): Handshake {
  let service: StreamService | null = null;
  /** What came so far of what comes before the hello; null: nothing does, or it is over. */
  let preface: Buffer | null = null;
  let client: TcpEnd | null = null;
  let trust: ClientTrust | null = null;
  const accept = (): void => {
    connection.established();
    if (connection.life !== null) network.onAccept?.(connection.life, connection);
    // A kernel tells nobody the address of a peer that has reset, though what it sent before can still be read.
    if (connection.inbound.hasReset) connection.speakFor({ address: '', port: 0 });
    if (client !== null) connection.speakFor(client);
    const handler = service!.accept(connection);
    if (handler === null) connection.destroy();
    else connection.handler = handler;
  };
  const refuse = (): void => {
    connection.closed = true;
    connection.life?.owned.delete(connection);
    connection.out.sendReset();
  };
  let listener: Listener | null = null;
  const knock = (): void => {
    listener = find();
    service = listener === null ? null : (listener.service as StreamService);
    if (listener === null || service?.kind !== 'stream') {
      refuse();
      return;
    }
    connection.life = listener.life;
    listener.life.owned.add(connection);
    if (service.tls?.preface !== undefined) preface = Buffer.alloc(0);
    connection.out.sendControl(synAck);
  };
  const readPreface = (begun: Buffer, bytes: Buffer): void => {
    const all = Buffer.concat([begun, bytes]);
    const sender = { address: connection.remoteAddress, port: connection.remotePort };
    const reading = service!.tls!.preface!(all, sender);
    if (reading === 'more') preface = all;
    // The hello is a message of its own here.
    else if (reading === 'refused' || reading.length < all.length) refuse();
    else {
      client = reading.client;
      preface = null;
    }
  };
  return {
    control(payload) {
      if (payload === syn) {
        const { deaf } = connection.out.link.from;
        if (deaf === null) knock();
        else deaf.push(knock);
      } else if (payload === ack) {
        if (listener?.closed === true) refuse();
        else if (service?.tls === null) accept();
      }
    },
    data(payload, bytes) {
      if (preface !== null) {
        readPreface(preface, bytes);
        return;
      }
      const message = payload as { readonly step?: string } | null;
      if (message?.step === 'finished') {
        const { certificate } = message as Finished;
        if (trust !== null)
          connection.tls = {
            ...connection.tls!,
            client: identityOf(certificate, trust, connection.life!.wallMs()),
          };
        accept();
        return;
      }
      if (message?.step !== 'hello') {
        refuse();
        return;
      }
      const hello = message as ClientHello;
      const serverName = hello.serverName.toLowerCase();
      const certificate: TlsCertificate | null = service!.tls!.selectCertificate(serverName);
      const protocol = service!.tls!.alpn.find((name) => hello.alpn.includes(name)) ?? '';
      const alert = certificate === null ? 'TLS UNRECOGNIZED_NAME' : null;
      trust = service!.tls!.askForCertificate?.(serverName) ?? null;
      const answer: ServerHello = {
        step: 'server-hello',
        asks: trust !== null,
        certificate,
        protocol,
        alert,
      };
      connection.out.sendMessage(helloBytes, answer);
      connection.tls = { serverName, protocol };
      if (alert !== null) connection.destroy();
    },
    failed() {},
  };
}

/** Starts a connection; every outcome is told to the handler later. */
export function dial(request: Dial): TcpConnection {
  const { network, life, host, port } = request;
  const { scheduler, options } = network;
  const destination = `${host}:${port}`;
  const label = `tcp ${life.name} ${destination} ${life.nextAttempt(destination)}`;
  const clientLane = scheduler.lane(`${label} to client`);
  const localPort = life.machine.ephemeralPort();
  const onGone = network.onDial?.(life, host, port, localPort) ?? null;
  const client = new SimConnection(scheduler, clientLane, options.windowBytes, life, {
    remoteAddress: host,
    remotePort: port,
    localAddress: life.machine.primaryAddress,
    localPort,
  });
  client.handler = request.handler;
  client.onGone = onGone;
  const machine = network.machineAt(host, life.machine);
  if (machine === null) {
    client.inbound = client.out = new Pipe(
      scheduler,
      network.link(life.machine, life.machine),
      clientLane,
      client,
      client,
    );
    client.handshake = { control() {}, data() {}, failed: (code) => request.handler.onClose(code) };
    life.owned.add(client);
    network.unreachable((code) => (client.closed ? undefined : client.fail(code)), clientLane);
    return client;
  }
  const serverLane = scheduler.lane(`${label} to server`);
  const server = new SimConnection(scheduler, serverLane, options.windowBytes, null, {
    remoteAddress: network.sourceAddress(life.machine, machine),
    remotePort: localPort,
    localAddress: host,
    localPort: port,
  });
  client.out = new Pipe(scheduler, network.link(life.machine, machine), serverLane, client, server);
  server.out = new Pipe(scheduler, network.link(machine, life.machine), clientLane, server, client);
  client.inbound = server.out;
  server.inbound = client.out;
  client.handshake = clientHandshake(request, client);
  server.handshake = serverHandshake(network, server, () =>
    network.machineAt(host, life.machine) === machine
      ? machine.find(host, port, (count) => below(drawAt(serverLane.key, choiceStream), count))
      : null,
  );
  life.owned.add(client);
  client.destination = destination;
  for (const snare of network.snares) if (snare.matches(life, destination)) snare.arm(client);
  client.out.sendControl(syn);
  return client;
}
