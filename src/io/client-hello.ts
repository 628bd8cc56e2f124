// The server name of a TLS ClientHello (RFC 8446 section 4.1.2, RFC 6066 section 3), read before the TLS library sees it, so
// that the whole context fits the name. What is no proper hello has no name here; the library says what is wrong with it.

const handshakeRecord = 22;
const clientHelloMessage = 1;
const serverNameExtension = 0;
const hostName = 0;
/** One is what clients send. */
const fragmentsMax = 16;
const recordHeaderBytes = 5;
const messageHeaderBytes = 4;
const versionAndRandomBytes = 34;

/** Lower case, '' = none. null: more bytes are needed. `bytes` is all that has arrived. */
export function readServerName(bytes: Buffer): string | null {
  const message = readMessage(bytes);
  if (message === null) return null;
  const end = message.length;
  let at = messageHeaderBytes + versionAndRandomBytes;
  // Session id, cipher suites, compression methods: each as long as it says.
  for (const lengthBytes of [1, 2, 1]) {
    if (at + lengthBytes > end) return '';
    at += lengthBytes + message.readUIntBE(at, lengthBytes);
  }
  if (at + 2 > end) return '';
  const extensionsEnd = at + 2 + message.readUInt16BE(at);
  if (extensionsEnd > end) return '';
  at += 2;
  while (at + 4 <= extensionsEnd) {
    const type = message.readUInt16BE(at);
    const from = at + 4;
    at = from + message.readUInt16BE(at + 2);
    if (at > extensionsEnd) return '';
    if (type === serverNameExtension) return nameIn(message, from, at);
  }
  return '';
}

/**
 * Whether the library has heard the name that the context was chosen for: a second hello may not tell another. A session
 * that is taken up again in TLS 1.2 has none to tell.
 */
export function confirms(heard: unknown, serverName: string): boolean {
  return typeof heard !== 'string' || heard === '' || heard.toLowerCase() === serverName;
}

/** The first of a list of names; no other kind than host names was ever defined. */
function nameIn(message: Buffer, start: number, end: number): string {
  const nameStart = start + 5;
  if (nameStart > end || message[start + 2] !== hostName) return '';
  const nameEnd = nameStart + message.readUInt16BE(start + 3);
  return nameEnd > end ? '' : message.toString('latin1', nameStart, nameEnd).toLowerCase();
}

/** The hello without record headers, empty when this is none; null: more is needed. */
function readMessage(bytes: Buffer): Buffer | null {
  const fragments: Buffer[] = [];
  let known = 0;
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== handshakeRecord) return empty;
    if (at + recordHeaderBytes > bytes.length) return null;
    const start = at + recordHeaderBytes;
    at = start + bytes.readUInt16BE(at + 3);
    // A record without content may not be, and would be an endless row of them.
    if (at === start || fragments.length === fragmentsMax) return empty;
    const fragment = bytes.subarray(start, at);
    fragments.push(fragment);
    known += fragment.length;
    const [first] = fragments;
    if (known > 0 && first![0] !== clientHelloMessage) return empty;
    if (known < messageHeaderBytes) continue;
    const message = fragments.length === 1 ? first! : Buffer.concat(fragments);
    const size = messageHeaderBytes + message.readUIntBE(1, 3);
    if (known >= size) return message.subarray(0, size);
  }
  return null;
}

const empty = Buffer.alloc(0);
