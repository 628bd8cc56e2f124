// HTTP proxies in front of the gateway: whose word on the client is believed, and what they say. Kong's trusted_ips,
// real_ip_header and real_ip_recursive, read as nginx's realip module reads them.
import {
  contains,
  formatIpAddress,
  type IpAddress,
  type IpNetwork,
  parseIpAddress,
  parseIpNetwork,
} from '../../base/ip-address.ts';
import type { RequestRecord } from './request-record.ts';

/** Plain data. */
export interface TrustedProxyOptions {
  /** Addresses and networks, checked where the option is read. */
  readonly trusted: readonly string[];
  /** Lower case: which header says who the client is. */
  readonly realIpHeader: string;
  /** The client is the last address in the header that is not trusted, instead of the last one. */
  readonly isRecursive: boolean;
}

/** What a trusted proxy has said of the request that it passes on; null: nothing. */
export interface Forwarded {
  readonly scheme: string | null;
  readonly host: string | null;
  readonly port: string | null;
  readonly path: string | null;
  readonly prefix: string | null;
}

/** Longer chains do not exist, and each address costs. */
const hopsMax = 100;
const portMax = 65_535;

interface Hop {
  readonly address: IpAddress;
  /** 0: not said. */
  readonly port: number;
}

/** '192.0.2.1', '192.0.2.1:80', '2001:db8::1', '[2001:db8::1]:80'. */
function parseHop(text: string): Hop | null {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+)(?=:\d|$)|([0-9A-Fa-f:.]+)$)(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return null;
  const port = Number(match[4] ?? 0);
  const address = parseIpAddress(match[1] ?? match[2] ?? match[3]!);
  return address === null || port > portMax ? null : { address, port };
}

export class TrustedProxies {
  private readonly networks: readonly IpNetwork[];
  private readonly options: TrustedProxyOptions;

  constructor(options: TrustedProxyOptions) {
    this.options = options;
    this.networks = options.trusted.map(parseIpNetwork).filter((network) => network !== null);
  }

  private includes(address: IpAddress): boolean {
    return this.networks.some((network) => contains(network, address));
  }

  /** Whether whoever has connected from there speaks for others. */
  isTrusted(address: string): boolean {
    const parsed = parseIpAddress(address);
    return parsed !== null && this.includes(parsed);
  }

  /** Whom the header names; null: nobody, or nothing that is an address. */
  private clientIn(values: readonly string[]): Hop | null {
    let client: Hop | null = null;
    const list = values.join(',');
    let end = list.length;
    for (let hops = 0; hops < hopsMax && end > 0; hops++) {
      const comma = list.lastIndexOf(',', end - 1);
      const hop = parseHop(list.slice(comma + 1, end).trim());
      // What cannot be read ends the chain: behind it nobody is known.
      if (hop === null) return client;
      client = hop;
      if (!this.options.isRecursive || !this.includes(hop.address)) return client;
      end = comma;
    }
    return client;
  }

  /** The head is there. Of a connection from a trusted proxy. */
  read(request: RequestRecord): void {
    const client = this.clientIn(request.headerValues(this.options.realIpHeader));
    if (client === null) request.comeFromPeer();
    else request.comeFrom(formatIpAddress(client.address), client.port);
    request.forwarded = {
      scheme: request.header('x-forwarded-proto'),
      host: request.header('x-forwarded-host'),
      port: request.header('x-forwarded-port'),
      path: request.header('x-forwarded-path'),
      prefix: request.header('x-forwarded-prefix'),
    };
  }
}
