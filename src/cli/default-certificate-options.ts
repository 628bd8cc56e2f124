// The options of the certificate that answers TLS clients whose name has none. In Kong: `ssl_cert` and `ssl_cert_key`.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { sha256Hex } from '../base/hash.ts';
import type { TlsCertificate } from '../ports/tls.ts';
import type { CommandInput, OptionSpec } from './command.ts';
import { CommandError, exitBadInput, exitUsage } from './exit-codes.ts';
import { spelled } from './parse.ts';

const certificateOption = 'default-certificate';
const keyOption = 'default-certificate-key';
const pairsMax = 2;

export const defaultCertificateOptionSpecs: Readonly<Record<string, OptionSpec>> = {
  [certificateOption]: {
    type: 'string',
    multiple: true,
    value: 'FILE',
    help: 'certificate chain (PEM) of TLS clients whose name has none, instead of a self-signed one; a second one with the other type of key',
  },
  [keyOption]: {
    type: 'string',
    multiple: true,
    value: 'FILE',
    help: 'its private key (PEM); in the same order',
  },
};

interface Pair {
  readonly cert: string;
  readonly key: string;
  readonly keyType: string | undefined;
}

/** A path, PEM, or base64 of PEM, as Kong takes them. What was given never stands in an error: it may be a key. */
function readPem(text: string, what: string): string {
  if (text.includes('-----BEGIN ')) return text;
  const decoded = /^[A-Za-z0-9+/=\s]{64,}$/.test(text) ? Buffer.from(text, 'base64').toString('latin1') : '';
  if (decoded.includes('-----BEGIN ')) return decoded;
  try {
    return readFileSync(text, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error';
    throw new CommandError(exitBadInput, `${what} is neither PEM nor a file that can be read (${code})`);
  }
}

function readPair(certificateText: string, keyText: string, certificateName: string, keyName: string): Pair {
  const cert = readPem(certificateText, certificateName);
  const key = readPem(keyText, keyName);
  let certificate: X509Certificate;
  let privateKey: KeyObject;
  try {
    certificate = new X509Certificate(cert);
  } catch {
    throw new CommandError(exitBadInput, `${certificateName} has no certificate that can be read (PEM)`);
  }
  try {
    privateKey = createPrivateKey(key);
  } catch {
    throw new CommandError(
      exitBadInput,
      `${keyName} has no private key that can be read (PEM, without passphrase)`,
    );
  }
  if (!certificate.checkPrivateKey(privateKey))
    throw new CommandError(exitBadInput, `${keyName} does not belong to its certificate`);
  return { cert, key, keyType: privateKey.asymmetricKeyType };
}

/** To spread into the options of a gateway. */
export function defaultCertificateOf(input: CommandInput): { readonly defaultCertificate?: TlsCertificate } {
  const certificates = input.options[certificateOption] as readonly string[];
  const keys = input.options[keyOption] as readonly string[];
  const [certificateName, keyName] = [spelled(input, certificateOption), spelled(input, keyOption)];
  if (certificates.length !== keys.length)
    throw new CommandError(
      exitUsage,
      `${certificateName} and ${keyName} go together: ${certificates.length} and ${keys.length} are given`,
    );
  if (certificates.length > pairsMax)
    throw new CommandError(
      exitUsage,
      `${certificateName}: at most one certificate with an RSA and one with an ECDSA key`,
    );
  const pairs = certificates.map((text, index) => {
    const place = certificates.length === 1 ? '' : `, number ${index + 1},`;
    return readPair(text, keys[index]!, `${certificateName}${place}`, `${keyName}${place}`);
  });
  const [first, second] = pairs;
  if (first === undefined) return {};
  if (second !== undefined && first.keyType === second.keyType)
    throw new CommandError(exitBadInput, `${keyName}: both keys are of the type ${first.keyType}`);
  const id = `default ${sha256Hex(pairs.map(({ cert }) => cert).join('\n'))}`;
  const alternative = second === undefined ? {} : { alternative: { cert: second.cert, key: second.key } };
  return { defaultCertificate: { id, cert: first.cert, key: first.key, ...alternative } };
}
