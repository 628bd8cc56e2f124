// `*_listen` of Kong: addresses with flags, and which of them one host with its ports can be here.
import { isIP } from 'node:net';
import { refuse } from './outcome.ts';
import type { GivenSetting } from './setting.ts';

export interface Listener {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  readonly flags: ReadonlySet<string>;
}

/** How nginx is to open its sockets; ours are shared by the workers and have a queue of their own. */
const socketFlag =
  /^(deferred|bind|reuseport|backlog=\d{1,9}|ipv6only=(on|off)|so_keepalive=(on|off|\w*:\w*:\d*))$/;
const knownFlags: readonly string[] = ['ssl', 'http2', 'proxy_protocol'];

function parseListener(given: GivenSetting, text: string): Listener {
  const [address = '', ...flags] = text.split(/\s+/);
  const colon = address.lastIndexOf(':');
  const written = address.slice(0, Math.max(0, colon));
  const isBracketed = written.startsWith('[') && written.endsWith(']');
  const host = isBracketed ? written.slice(1, -1) : written;
  const port = Number(address.slice(colon + 1));
  const isHost = isBracketed
    ? isIP(host) === 6
    : isIP(host) === 4 || /^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(host);
  if (!isHost || !/:\d{1,5}$/.test(address) || port > 65_535)
    refuse(given, `must be off or addresses like 0.0.0.0:8000 or [::]:8443 ssl, not '${address}'`);
  if (flags.includes('udp')) refuse(given, 'udp is for streams, which are not proxied here');
  const unknown = flags.find((flag) => !knownFlags.includes(flag) && !socketFlag.test(flag));
  if (unknown !== undefined) refuse(given, `Kong has no flag '${unknown}' for a listener`);
  return { host, port, flags: new Set(flags) };
}

/** null: off. */
export function parseListeners(given: GivenSetting): readonly Listener[] | null {
  const texts = given.value
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '');
  if (texts[0] === 'off') return null;
  return texts.map((text) => parseListener(given, text));
}

export interface OneHost {
  readonly host: string;
  /** Left out, and to be told. */
  readonly omitted: readonly string[];
}

/** All addresses as one: `::` takes connections of both kinds, so that 0.0.0.0 beside it needs no socket of its own. */
export function oneHost(given: GivenSetting, listeners: readonly Listener[]): OneHost {
  const hosts = [...new Set(listeners.map(({ host }) => host))];
  const wildcard = listeners.find(({ host }) => host === '::');
  if (wildcard !== undefined && hosts.every((host) => host === '::' || host === '0.0.0.0')) {
    if (hosts.length === 1 && wildcard.flags.has('ipv6only=on'))
      refuse(given, '[::] takes IPv4 connections too here, ipv6only=on cannot be kept');
    return { host: '::', omitted: [] };
  }
  const [first] = hosts;
  const loopback: readonly string[] = ['127.0.0.1', '::1', 'localhost'];
  if (hosts.every((host) => loopback.includes(host))) return { host: first!, omitted: hosts.slice(1) };
  if (hosts.length > 1)
    refuse(given, `all ports are on one address here, not on ${hosts.join(' and ')}; 0.0.0.0 is all of IPv4`);
  return { host: first!, omitted: [] };
}

/** The port of these; null where there are none. */
export function onePort(given: GivenSetting, listeners: readonly Listener[], what: string): number | null {
  const ports = [...new Set(listeners.map(({ port }) => port))];
  if (ports.length > 1) refuse(given, `there is one ${what} port here, not ${ports.join(' and ')}`);
  return ports[0] ?? null;
}
