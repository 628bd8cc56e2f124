// What resolv.conf and a hosts file say, as far as it concerns the names that are asked for. Servers are read by the platform.
import { isIpv4, isIpv6 } from '../../kong/schema/address.ts';
import type { HostsEntry, NameSettings } from './settings.ts';

export interface ResolvConf extends Pick<NameSettings, 'searchDomains' | 'ndots'> {
  /** null: it does not say. */
  readonly timeoutMs: number | null;
  readonly tries: number | null;
}

/** What glibc allows. */
const ndotsMax = 15;
const timeoutSecondsMax = 30;
const triesMax = 5;
/** Its newer versions have no limit; every one is a question more for each name. */
const searchDomainsMax = 32;

function limited(text: string | undefined, most: number): number | null {
  return text === undefined || !/^\d{1,9}$/.test(text) ? null : Math.min(most, Number(text));
}

/** The last line of a kind counts. `environment`: LOCALDOMAIN and RES_OPTIONS come after the file. */
export function parseResolvConf(
  text: string,
  environment: Readonly<Record<string, string | undefined>> = {},
): ResolvConf {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  const { LOCALDOMAIN: localDomain, RES_OPTIONS: resOptions } = environment;
  if (localDomain !== undefined) lines.push(['search', ...localDomain.trim().split(/\s+/)]);
  if (resOptions !== undefined) lines.push(['options', ...resOptions.trim().split(/\s+/)]);
  let searchDomains: readonly string[] = [];
  const options = new Map<string, string>();
  for (const [word, ...rest] of lines) {
    if (word === 'domain') searchDomains = rest.slice(0, 1);
    else if (word === 'search') searchDomains = rest;
    else if (word === 'options')
      for (const option of rest) {
        const [name = '', value = ''] = option.split(':');
        options.set(name, value);
      }
  }
  const timeout = limited(options.get('timeout'), timeoutSecondsMax);
  const tries = limited(options.get('attempts'), triesMax);
  return {
    searchDomains: searchDomains
      .map((domain) => domain.toLowerCase().replace(/\.$/, ''))
      .filter((domain) => domain !== '')
      .slice(0, searchDomainsMax),
    ndots: limited(options.get('ndots'), ndotsMax) ?? 1,
    timeoutMs: timeout === null || timeout === 0 ? null : timeout * 1000,
    tries: tries === 0 ? null : tries,
  };
}

/** The first address of each kind counts. */
export function parseHosts(text: string): ReadonlyMap<string, HostsEntry> {
  const hosts = new Map<string, HostsEntry>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const ipv4 = isIpv4(address) ? address : null;
    const ipv6 = isIpv6(address) ? address : null;
    if (ipv4 === null && ipv6 === null) continue;
    for (const name of names.map((each) => each.toLowerCase())) {
      const known = hosts.get(name);
      hosts.set(name, { ipv4: known?.ipv4 ?? ipv4, ipv6: known?.ipv6 ?? ipv6 });
    }
  }
  return hosts;
}
