// Which addresses a target stands for: itself, or those of its name.
import type { Target } from '../../kong/entity.ts';
import { isIpv4, isIpv6 } from '../../kong/schema/address.ts';
import type { NameAnswer } from './answer.ts';

export interface HostAndPort {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

export interface TargetAddress extends HostAndPort {
  readonly weight: number;
  /** Under which its health is kept: stable over reloads, equal in every thread. */
  readonly slotKey: string;
  /** The name in the SRV record that led here; '' = there was none. */
  readonly serviceName: string;
}

export function splitAddress(address: string): HostAndPort {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon);
  return {
    host: host.startsWith('[') ? host.slice(1, -1) : host,
    port: Number(address.slice(colon + 1)),
  };
}

/** The name to be resolved, in lower case; null: it is an address. */
export function nameIn(host: string): string | null {
  const plain = host.startsWith('[') ? host.slice(1, -1) : host;
  return isIpv4(plain) || isIpv6(plain) ? null : host.toLowerCase();
}

/** `text`: as the Admin API writes it. */
export function addressText({ host, port }: HostAndPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** `answer` is asked for where the target is a name. Targets of weight 0 get nothing, whatever SRV records say. */
export function addressesOf(
  target: Target,
  answer: (name: string) => NameAnswer | null,
): readonly TargetAddress[] {
  const { host, port } = splitAddress(target.target);
  const { weight } = target;
  const name = nameIn(host);
  const key = `${target.upstream} ${target.target}`;
  if (name === null) return [{ host, port, weight, slotKey: key, serviceName: '' }];
  if (weight === 0) return [];
  return (answer(name)?.addresses ?? []).map((address) => {
    const at = { host: address.host, port: address.port || port };
    return {
      ...at,
      weight: address.weight || weight,
      slotKey: `${key} ${addressText(at)}`,
      serviceName: address.serviceName,
    };
  });
}
