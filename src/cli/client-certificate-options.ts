// The options that ask TLS clients for certificates. In Kong: the injected nginx_proxy_ssl_client_certificate,
// nginx_proxy_ssl_verify_client and nginx_proxy_ssl_verify_depth.
import { sha256Hex } from '../base/hash.ts';
import type { ClientCertificateRule, ClientVerify } from '../proxy/exchange/client-certificates.ts';
import type { WorkerOptions } from '../proxy/server/protocol.ts';
import { readAuthorities } from './certificate-files.ts';
import type { CommandInput, OptionSpec } from './command.ts';
import { CommandError, exitUsage } from './exit-codes.ts';
import { parseCount, spelled } from './parse.ts';

const verifyWords: readonly string[] = ['on', 'optional', 'optional_no_ca'] satisfies ClientVerify[];
const depthMax = 64;
/** As names of certificates: a first label may be '*'. */
const serverName = /^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i;

export const clientCertificateOptionSpecs: Readonly<Record<string, OptionSpec>> = {
  'client-ca': {
    type: 'string',
    multiple: true,
    value: '[NAME=]FILE',
    help: 'asks TLS clients for certificates of the authorities in FILE (PEM), with a NAME (a.example, *.example) only those that want to speak to it; repeatable',
  },
  'client-verify': {
    type: 'string',
    value: 'MODE',
    help: 'on: no request without such a certificate (default); optional: it may be missing; optional_no_ca: its authority may be another',
  },
  'client-verify-depth': {
    type: 'string',
    value: 'N',
    help: "authorities between a client's certificate and one in the file, at most; default: 1",
  },
};

/** To spread into the options of a gateway. */
export function clientCertificatesOf(input: CommandInput): Pick<WorkerOptions, 'clientCertificates'> {
  const { options } = input;
  const given = options['client-ca'] as readonly string[];
  if (given.length === 0) {
    for (const name of ['client-verify', 'client-verify-depth'])
      if (options[name] !== undefined)
        throw new CommandError(
          exitUsage,
          `${spelled(input, name)} needs --client-ca: whose certificates are believed`,
        );
    return {};
  }
  const verify = String(options['client-verify'] ?? 'on');
  if (!verifyWords.includes(verify))
    throw new CommandError(
      exitUsage,
      `${spelled(input, 'client-verify')} must be ${verifyWords.join(', ')}, not '${verify}'`,
    );
  const verifyDepth =
    options['client-verify-depth'] === undefined ? 1 : parseCount(input, 'client-verify-depth', 0, depthMax);
  const rules = new Map<string, ClientCertificateRule>();
  for (const text of given) {
    const equals = text.indexOf('=');
    const name = text.slice(0, Math.max(0, equals)).toLowerCase();
    if (equals >= 0 && !serverName.test(name))
      throw new CommandError(
        exitUsage,
        `${spelled(input, 'client-ca')}: '${name}' is no server name like a.example or *.example`,
      );
    if (rules.has(name))
      throw new CommandError(
        exitUsage,
        `--client-ca: ${name === '' ? 'a file without name' : `'${name}'`} is given twice; one FILE may hold several authorities`,
      );
    const certificateAuthorities = readAuthorities(text.slice(equals + 1), spelled(input, 'client-ca'));
    const id = sha256Hex(`${verifyDepth} ${certificateAuthorities.join('\n')}`);
    rules.set(name, {
      name,
      verify: verify as ClientVerify,
      trust: { id, certificateAuthorities, verifyDepth },
    });
  }
  return { clientCertificates: [...rules.values()] };
}
