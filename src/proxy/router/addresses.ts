// Where a connection comes from or goes to, as a condition: an address or a network, a port, or both.
import {
  contains,
  type IpAddress,
  type IpNetwork,
  parseIpAddress,
  parseIpNetwork,
} from '../../base/ip-address.ts';
import type { RouteAddress } from '../../kong/entity.ts';

export interface AddressCondition {
  /** null: any. */
  readonly network: IpNetwork | null;
  /** 0: any. */
  readonly port: number;
}

const mappedBits = 96;

/** Networks of one family hold no addresses of the other, though both are written as 16 bytes. */
export function isWithin(network: IpNetwork, address: IpAddress): boolean {
  if (network.bits < mappedBits && isMapped(address)) return false;
  return contains(network, address);
}

function isMapped(address: IpAddress): boolean {
  for (let i = 0; i < 10; i++) if (address[i] !== 0) return false;
  return address[10] === 255 && address[11] === 255;
}

export function addressConditions(configured: readonly RouteAddress[]): readonly AddressCondition[] {
  return configured.map(({ ip, port }) => ({
    network: ip === null || ip === undefined ? null : parseIpNetwork(ip),
    port: port ?? 0,
  }));
}

let lastText = '';
let lastAddress: IpAddress | null = null;

/** Of the same connection again and again. */
export function addressOf(text: string): IpAddress | null {
  if (text !== lastText) {
    lastAddress = text === '' ? null : parseIpAddress(text);
    lastText = text;
  }
  return lastAddress;
}

export function addressMatches(conditions: readonly AddressCondition[], text: string, port: number): boolean {
  const address = addressOf(text);
  for (const condition of conditions) {
    if (condition.port !== 0 && condition.port !== port) continue;
    if (condition.network === null || (address !== null && isWithin(condition.network, address))) return true;
  }
  return false;
}
