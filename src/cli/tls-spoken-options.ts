// The options of what is spoken with TLS clients. In Kong: `ssl_protocols`, `ssl_cipher_suite`, `ssl_session_tickets`.
import type { TlsSpoken, TlsVersion } from '../ports/tls.ts';
import type { CommandInput, OptionSpec } from './command.ts';
import { CommandError, exitUsage } from './exit-codes.ts';
import { spelled } from './parse.ts';

export const tlsSpokenOptionSpecs: Readonly<Record<string, OptionSpec>> = {
  'tls-versions': {
    type: 'string',
    value: 'LIST',
    default: '1.2,1.3',
    help: 'versions of TLS that are spoken with clients: 1.2, 1.3 or both',
  },
  'tls-session-tickets': {
    type: 'boolean',
    default: true,
    help: 'clients go on with a session; --no-tls-session-tickets: each connection is a full handshake',
  },
};

/** To spread into the limits of a gateway. */
export function tlsSpokenOf(input: CommandInput): { readonly tlsSpoken: TlsSpoken } {
  const text = String(input.options['tls-versions']);
  const versions = text
    .split(',')
    .map((version) => version.trim())
    .sort();
  if (versions.some((version) => version !== '1.2' && version !== '1.3'))
    throw new CommandError(
      exitUsage,
      `${spelled(input, 'tls-versions')} must be 1.2, 1.3 or both with a comma, not '${text}'`,
    );
  return {
    tlsSpoken: {
      minVersion: `TLSv${versions[0]}` as TlsVersion,
      maxVersion: `TLSv${versions.at(-1)}` as TlsVersion,
      hasTickets: input.options['tls-session-tickets'] !== false,
    },
  };
}
