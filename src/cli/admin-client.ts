// Clients for the Admin APIs of gateways that run elsewhere; options named as in Kong's controller. Files are read anew when
// they are needed, so a renewed certificate or token needs no restart.
import { readFileSync } from 'node:fs';
import { type ClosableHttpClient, createHttpClient, type HttpClientTls } from '../io/http-client.ts';
import type { CommandInput, OptionSpec } from './command.ts';
import { CommandError, exitBadInput, exitUsage } from './exit-codes.ts';

export interface AdminClient {
  readonly name: string;
  readonly http: ClosableHttpClient;
}

const urlDefault = 'http://localhost:8001';

export const adminClientOptionSpecs: Readonly<Record<string, OptionSpec>> = {
  'kong-admin-url': {
    type: 'string',
    multiple: true,
    value: 'URL',
    help: `Admin API of a gateway, default ${urlDefault}; repeatable`,
  },
  'kong-admin-header': {
    type: 'string',
    multiple: true,
    value: 'NAME:VALUE',
    help: 'sent with every request to Admin APIs; repeatable',
  },
  'kong-admin-token': { type: 'string', value: 'TOKEN', help: 'sent as Kong-Admin-Token' },
  'kong-admin-token-file': { type: 'string', value: 'FILE', help: 'the same, read from a file' },
  'kong-admin-ca-cert': { type: 'string', value: 'PEM', help: 'authority that Admin APIs are verified with' },
  'kong-admin-ca-cert-file': { type: 'string', value: 'FILE', help: 'the same, read from a file' },
  'kong-admin-tls-client-cert': { type: 'string', value: 'PEM', help: 'certificate shown to Admin APIs' },
  'kong-admin-tls-client-cert-file': { type: 'string', value: 'FILE', help: 'the same, read from a file' },
  'kong-admin-tls-client-key': { type: 'string', value: 'PEM', help: 'key of that certificate' },
  'kong-admin-tls-client-key-file': { type: 'string', value: 'FILE', help: 'the same, read from a file' },
  'kong-admin-tls-server-name': {
    type: 'string',
    value: 'NAME',
    help: 'name to ask for and to verify, instead of the host of the URL',
  },
  'kong-admin-tls-skip-verify': {
    type: 'boolean',
    default: false,
    help: 'trust any certificate of the Admin API',
  },
};

/** The text of --name, or what the file of --name-file holds now; null: neither is given. */
function textOption({ options }: CommandInput, name: string): (() => string) | null {
  const text = options[name];
  const file = options[`${name}-file`];
  if (text !== undefined && file !== undefined)
    throw new CommandError(exitUsage, `--${name} and --${name}-file exclude each other`);
  if (text !== undefined) return () => String(text);
  if (file === undefined) return null;
  const read = () => readFileSync(String(file), 'utf8').trim();
  try {
    read();
  } catch (error) {
    throw new CommandError(exitBadInput, `--${name}-file: ${(error as Error).message}`);
  }
  return read;
}

function readHeaders({ options }: CommandInput): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const given of options['kong-admin-header'] as readonly string[]) {
    const colon = given.indexOf(':');
    const name = given.slice(0, colon).trim().toLowerCase();
    if (colon < 1 || !/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name))
      throw new CommandError(exitUsage, `--kong-admin-header must be NAME:VALUE, not '${given}'`);
    headers[name] = given.slice(colon + 1).trim();
  }
  return headers;
}

function readTls(input: CommandInput): () => HttpClientTls {
  const ca = textOption(input, 'kong-admin-ca-cert');
  const cert = textOption(input, 'kong-admin-tls-client-cert');
  const key = textOption(input, 'kong-admin-tls-client-key');
  if ((cert === null) !== (key === null))
    throw new CommandError(
      exitUsage,
      '--kong-admin-tls-client-cert and --kong-admin-tls-client-key belong together: give both or neither',
    );
  const serverName = input.options['kong-admin-tls-server-name'];
  return () => ({
    verify: input.options['kong-admin-tls-skip-verify'] !== true,
    ...(ca === null ? {} : { ca: ca() }),
    ...(cert === null ? {} : { cert: cert() }),
    ...(key === null ? {} : { key: key() }),
    ...(serverName === undefined ? {} : { serverName: String(serverName) }),
  });
}

export function createAdminClients(input: CommandInput): readonly AdminClient[] {
  const token = textOption(input, 'kong-admin-token');
  const fixed = readHeaders(input);
  const headers = () => (token === null ? fixed : { ...fixed, 'kong-admin-token': token() });
  const tls = readTls(input);
  const given = input.options['kong-admin-url'] as readonly string[];
  // As a list too, the way environment variables carry it.
  const urls = given.flatMap((text) => text.split(',')).filter((url) => url !== '');
  return (urls.length === 0 ? [urlDefault] : urls).map((url) => {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new CommandError(exitUsage, `--kong-admin-url must be an http or https URL, not '${url}'`);
    return { name: url, http: createHttpClient({ url, tls, headers }) };
  });
}
