// Certificates with their keys as options give them: a path, PEM, or base64 of PEM, as Kong takes them; one of each kind of key.

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { CommandInput } from './command.ts';
import { CommandError, exitBadInput, exitUsage } from './exit-codes.ts';
import { readInputText } from './input-file.ts';
import { spelled } from './parse.ts';

const pairsMax = 2;

export interface CertificatePair {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  /** 'rsa', 'ec', ... */
  readonly keyType: string | undefined;
}

/** What was given never stands in an error: it may be a key. */
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

function readPair(
  certificateText: string,
  keyText: string,
  certificateName: string,
  keyName: string,
): CertificatePair {
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

/** The pairs of two repeatable options, in their order; what the files hold now. */
export function readPairs(
  input: CommandInput,
  certificateOption: string,
  keyOption: string,
): readonly CertificatePair[] {
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
  if (first !== undefined && second !== undefined && first.keyType === second.keyType)
    throw new CommandError(exitBadInput, `${keyName}: both keys are of the type ${first.keyType}`);
  return pairs;
}

/** The authorities of a file (PEM). `option` is what to call it in errors. */
export function readAuthorities(path: string, option: string): readonly string[] {
  const text = readInputText(path, option);
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (found.length === 0) throw new CommandError(exitBadInput, `${option}: ${path} has no PEM certificate`);
  for (const [index, pem] of found.entries()) {
    let isAuthority: boolean;
    try {
      isAuthority = new X509Certificate(pem).ca;
    } catch {
      throw new CommandError(exitBadInput, `${option}: certificate ${index + 1} of ${path} cannot be read`);
    }
    if (!isAuthority)
      throw new CommandError(
        exitBadInput,
        `${option}: certificate ${index + 1} of ${path} is not an authority's (basic constraint CA)`,
      );
  }
  return found;
}
