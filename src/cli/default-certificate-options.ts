// The options of the certificate that answers TLS clients whose name has none. In Kong: `ssl_cert` and `ssl_cert_key`.
import { sha256Hex } from '../base/hash.ts';
import type { TlsCertificate } from '../ports/tls.ts';
import { readPairs } from './certificate-files.ts';
import type { CommandInput, OptionSpec } from './command.ts';

const certificateOption = 'default-certificate';
const keyOption = 'default-certificate-key';

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

/** To spread into the options of a gateway. */
export function defaultCertificateOf(input: CommandInput): { readonly defaultCertificate?: TlsCertificate } {
  const pairs = readPairs(input, certificateOption, keyOption);
  const [first, second] = pairs;
  if (first === undefined) return {};
  const id = `default ${sha256Hex(pairs.map(({ cert }) => cert).join('\n'))}`;
  const alternative = second === undefined ? {} : { alternative: { cert: second.cert, key: second.key } };
  return { defaultCertificate: { id, cert: first.cert, key: first.key, ...alternative } };
}
