// The certificate that answers TLS clients whose name has none: self-signed, made at each start, for 'localhost'. Written
// as DER by hand, because a library for it costs every gateway some 10 MB of memory for one certificate.
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface SelfSigned {
  /** PEM. */
  readonly cert: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

const dayMs = 86_400_000;
/** Clocks of clients may be behind. */
const backdatedMs = dayMs;

// Tags of X.690.
const integerTag = 0x02;
const bitStringTag = 0x03;
const octetStringTag = 0x04;
const objectIdTag = 0x06;
const utf8Tag = 0x0c;
const utcTimeTag = 0x17;
const sequenceTag = 0x30;
const setTag = 0x31;
const versionTag = 0xa0;
const extensionsTag = 0xa3;
/** A dNSName among the names of RFC 5280 section 4.2.1.6. */
const dnsNameTag = 0x82;

const ecdsaWithSha256 = Buffer.from('2a8648ce3d040302', 'hex');
const commonName = Buffer.from('550403', 'hex');
const subjectAltName = Buffer.from('551d11', 'hex');

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const size = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

/** YYMMDDHHMMSSZ; right until 2049. */
function utcTime(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replace(/\D/g, '').slice(2, 14);
  return der(utcTimeTag, Buffer.from(`${digits}Z`));
}

export function selfSigned(name: string, validDays: number, nowMs: number): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(sequenceTag, der(objectIdTag, ecdsaWithSha256));
  const subject = der(
    sequenceTag,
    der(setTag, der(sequenceTag, der(objectIdTag, commonName), der(utf8Tag, Buffer.from(name)))),
  );
  const serial = randomBytes(16);
  // Positive, and as short as DER wants it.
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  const names = der(sequenceTag, der(dnsNameTag, Buffer.from(name)));
  const extension = der(sequenceTag, der(objectIdTag, subjectAltName), der(octetStringTag, names));
  const body = der(
    sequenceTag,
    der(versionTag, der(integerTag, Buffer.from([2]))),
    der(integerTag, serial),
    algorithm,
    subject,
    der(sequenceTag, utcTime(nowMs - backdatedMs), utcTime(nowMs + validDays * dayMs)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(extensionsTag, der(sequenceTag, extension)),
  );
  const signature = der(bitStringTag, Buffer.from([0]), sign('sha256', body, privateKey));
  const lines = der(sequenceTag, body, algorithm, signature)
    .toString('base64')
    .replace(/.{64}(?!$)/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}
