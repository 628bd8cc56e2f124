// A DNS server on loopback, UDP and TCP, that says what a test wants: enough of RFC 1035 for questions with one name.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

export interface WireRecord {
  readonly ttl: number;
  /** An address, or of SRV 'priority weight port target'. */
  readonly data: string;
}

/** By 'A name'. 'silence' answers nothing; 'refused' and 'servfail' are codes of the protocol. */
export type Zone = Map<string, readonly WireRecord[] | 'silence' | 'refused' | 'servfail'>;

export interface DnsServer {
  readonly address: string;
  readonly zone: Zone;
  readonly asked: string[];
  /** Over TCP. */
  readonly askedAgain: string[];
  close(): Promise<void>;
}

const types: Readonly<Record<number, string>> = { 1: 'A', 28: 'AAAA', 33: 'SRV' };
const udpBytesMax = 1_232;

interface Question {
  readonly name: string;
  readonly type: number;
  /** Where the question ends. */
  readonly end: number;
}

function readQuestion(message: Buffer): Question {
  const labels: string[] = [];
  let at = 12;
  while (message[at]! > 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + message[at]!));
    at += 1 + message[at]!;
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 };
}

function writeName(name: string): Buffer {
  const labels = name
    .split('.')
    .map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1'));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function writeData(type: string, data: string): Buffer {
  if (type === 'A') return Buffer.from(data.split('.').map(Number));
  if (type === 'AAAA') {
    const groups = data.split(':').map((group) => Number.parseInt(group, 16));
    return Buffer.from(groups.flatMap((group) => [group >> 8, group & 255]));
  }
  const [priority, weight, port, target = ''] = data.split(' ');
  const numbers = Buffer.alloc(6);
  numbers.writeUInt16BE(Number(priority), 0);
  numbers.writeUInt16BE(Number(weight), 2);
  numbers.writeUInt16BE(Number(port), 4);
  return Buffer.concat([numbers, writeName(target)]);
}

function reply(
  message: Buffer,
  { end, type }: Question,
  code: number,
  records: readonly WireRecord[],
): Buffer {
  const head = Buffer.alloc(12);
  message.copy(head, 0, 0, 2);
  head.writeUInt16BE(0x8180 | code, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(records.length, 6);
  const answers = records.map(({ ttl, data }) => {
    const bytes = writeData(types[type]!, data);
    const own = Buffer.alloc(12);
    own.writeUInt16BE(0xc00c, 0);
    own.writeUInt16BE(type, 2);
    own.writeUInt16BE(1, 4);
    own.writeUInt32BE(ttl, 6);
    own.writeUInt16BE(bytes.length, 10);
    return Buffer.concat([own, bytes]);
  });
  return Buffer.concat([head, message.subarray(12, end), ...answers]);
}

/** null: silence. */
function answer(zone: Zone, message: Buffer, asked: string[]): Buffer | null {
  const question = readQuestion(message);
  const key = `${types[question.type] ?? question.type} ${question.name}`;
  asked.push(key);
  const entry = zone.get(key);
  if (entry === 'silence') return null;
  if (entry === 'refused') return reply(message, question, 5, []);
  if (entry === 'servfail') return reply(message, question, 2, []);
  const exists = [...zone.keys()].some((known) => known.endsWith(` ${question.name}`));
  return reply(message, question, exists ? 0 : 3, entry ?? []);
}

function truncated(whole: Buffer): Buffer {
  const cut = Buffer.from(whole.subarray(0, readQuestion(whole).end));
  cut.writeUInt16BE(cut.readUInt16BE(2) | 0x0200, 2);
  cut.writeUInt16BE(0, 6);
  return cut;
}

export async function startDnsServer(): Promise<DnsServer> {
  const zone: Zone = new Map();
  const asked: string[] = [];
  const askedAgain: string[] = [];
  const tcp = createServer((socket) => {
    let bytes = Buffer.alloc(0);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      while (bytes.length >= 2 && bytes.length >= 2 + bytes.readUInt16BE(0)) {
        const length = bytes.readUInt16BE(0);
        const whole = answer(zone, bytes.subarray(2, 2 + length), askedAgain);
        bytes = bytes.subarray(2 + length);
        if (whole === null) continue;
        const size = Buffer.alloc(2);
        size.writeUInt16BE(whole.length, 0);
        socket.write(Buffer.concat([size, whole]));
      }
    });
  });
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  const { port } = tcp.address() as { port: number };
  const udp = createSocket('udp4');
  udp.on('message', (message, remote) => {
    const whole = answer(zone, message, asked);
    if (whole !== null)
      udp.send(whole.length > udpBytesMax ? truncated(whole) : whole, remote.port, remote.address);
  });
  udp.bind(port, '127.0.0.1');
  await once(udp, 'listening');
  return {
    address: `127.0.0.1:${port}`,
    zone,
    asked,
    askedAgain,
    async close() {
      udp.close();
      await new Promise<void>((resolve) => tcp.close(() => resolve()));
    },
  };
}
