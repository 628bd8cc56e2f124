// The options of how names are resolved, of the commands that serve. In Kong: `dns_resolver`, `dns_order` and so on, and
// `resolver_address` and so on of its newer client.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type DnsOptions, dnsOptionsDefault } from '../io/dns.ts';
import { type NameSettings, nameSettingsDefault, type OrderEntry } from '../proxy/names/settings.ts';
import { parseHosts, parseResolvConf } from '../proxy/names/system-files.ts';
import type { CommandInput, OptionSpec } from './command.ts';
import { CommandError, exitBadInput, exitUsage } from './exit-codes.ts';
import { spelled } from './parse.ts';

const hostsFileDefault = '/etc/hosts';
const resolvConfFile = '/etc/resolv.conf';
const secondsMax = 10_000_000;
const orderWords = ['LAST', 'SRV', 'A', 'AAAA', 'CNAME'];

const seconds = (preset: string, help: string): OptionSpec => ({
  type: 'string',
  value: 'SECONDS',
  default: preset,
  help,
});

export const dnsOptionSpecs: Readonly<Record<string, OptionSpec>> = {
  'dns-resolver': {
    type: 'string',
    multiple: true,
    value: 'ADDRESS',
    help: 'DNS servers, as 10.0.0.10 or 10.0.0.10:53, instead of those in resolv.conf; repeatable, or a list with commas',
  },
  'dns-hostsfile': {
    type: 'string',
    value: 'FILE',
    help: `names that are never asked for; default: ${hostsFileDefault}`,
  },
  'dns-order': {
    type: 'string',
    value: 'TYPES',
    default: 'LAST,SRV,A,CNAME',
    help: 'which records are asked for, one after the other: LAST, SRV, A, AAAA; aliases (CNAME) are followed anyway',
  },
  'dns-srv-for-services': {
    type: 'boolean',
    default: false,
    help: "ask for SRV only where a name looks like _http._tcp.example, as Kong's newer client does",
  },
  'dns-valid-ttl': {
    type: 'string',
    value: 'SECONDS',
    help: 'how long every answer is good for; default: what its records say',
  },
  'dns-stale-ttl': seconds('3600', 'how long addresses are used after their time while nobody answers'),
  'dns-not-found-ttl': seconds('30', 'how long it is believed that a name does not exist'),
  'dns-error-ttl': seconds('1', 'when it is asked again after a failure; after more of them, later'),
};

function millisecondsOf(input: CommandInput, name: string, least: number): number {
  const text = String(input.options[name]);
  const value = Number(text);
  if (!/^\d{1,9}(\.\d{1,3})?$/.test(text) || value < least || value > secondsMax)
    throw new CommandError(
      exitUsage,
      `${spelled(input, name)} must be seconds from ${least} to ${secondsMax}, not '${text}'`,
    );
  return Math.round(value * 1000);
}

function itemsOf({ options }: CommandInput, name: string): readonly string[] {
  return [options[name] ?? []]
    .flat()
    .flatMap((list) => String(list).split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

/** '10.0.0.10', '10.0.0.10:53', '::1', '[::1]:53' */
function isServer(text: string): boolean {
  const parts = /^(?:\[(.+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  if (parts === null) return isIP(text.replace(/^\[|\]$/g, '')) !== 0;
  const port = Number(parts[3]);
  return isIP(parts[1] ?? parts[2]!) !== 0 && port > 0 && port <= 65_535;
}

function serversOf(input: CommandInput): readonly string[] {
  const servers = itemsOf(input, 'dns-resolver');
  const wrong = servers.find((text) => !isServer(text));
  if (wrong !== undefined)
    throw new CommandError(
      exitUsage,
      `${spelled(input, 'dns-resolver')} must be addresses like 10.0.0.10 or 10.0.0.10:53, not '${wrong}'`,
    );
  return servers;
}

function orderOf(input: CommandInput): readonly OrderEntry[] {
  const words = itemsOf(input, 'dns-order').map((word) => word.toUpperCase());
  const wrong = words.find((word) => !orderWords.includes(word));
  const say = (problem: string): CommandError =>
    new CommandError(exitUsage, `${spelled(input, 'dns-order')} ${problem}`);
  if (wrong !== undefined) throw say(`must be a list of ${orderWords.join(', ')}, not '${wrong}'`);
  const order = words.filter((word): word is OrderEntry => word !== 'CNAME');
  if (order.every((entry) => entry === 'LAST')) throw say('must have one of SRV, A and AAAA');
  return order;
}

/** null: it is not there. */
function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function hostsOf(input: CommandInput): NameSettings['hosts'] {
  const given = input.options['dns-hostsfile'];
  const text = readText(String(given ?? hostsFileDefault));
  if (text === null && given !== undefined)
    throw new CommandError(exitBadInput, `${spelled(input, 'dns-hostsfile')}: cannot read ${String(given)}`);
  return parseHosts(text ?? '');
}

export interface NameOptions {
  readonly names: NameSettings;
  readonly dns: DnsOptions;
}

/** What this machine says where nobody asks for anything else. */
export function systemNameOptions(): NameOptions {
  const conf = parseResolvConf(readText(resolvConfFile) ?? '', process.env);
  const { searchDomains, ndots, timeoutMs, tries } = conf;
  return {
    names: {
      ...nameSettingsDefault,
      searchDomains,
      ndots,
      hosts: parseHosts(readText(hostsFileDefault) ?? ''),
    },
    dns: {
      servers: [],
      timeoutMs: timeoutMs ?? dnsOptionsDefault.timeoutMs,
      tries: tries ?? dnsOptionsDefault.tries,
    },
  };
}

export function nameOptionsOf(input: CommandInput): NameOptions {
  const system = systemNameOptions();
  const validTtl = input.options['dns-valid-ttl'];
  return {
    names: {
      ...system.names,
      order: orderOf(input),
      srvOnlyForServices: input.options['dns-srv-for-services'] === true,
      hosts: hostsOf(input),
      validTtlMs: validTtl === undefined ? null : millisecondsOf(input, 'dns-valid-ttl', 0),
      staleTtlMs: millisecondsOf(input, 'dns-stale-ttl', 0),
      notFoundTtlMs: millisecondsOf(input, 'dns-not-found-ttl', 0.1),
      errorTtlMs: millisecondsOf(input, 'dns-error-ttl', 0.1),
    },
    dns: { ...system.dns, servers: serversOf(input) },
  };
}
