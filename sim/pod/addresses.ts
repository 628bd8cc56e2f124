// Pod addresses: handed out in order, and given out again as late as possible (or as soon, to bring out what breaks then).

export interface AddressPool {
  /** null when all are taken. */
  take(): string | null;
  release(address: string): void;
  readonly taken: number;
}

export interface AddressPoolOptions {
  /** First two octets, for example '127.1'. */
  readonly prefix: string;
  readonly count?: number;
  readonly reuse?: 'late' | 'soon';
}

const hostsPerOctet = 254;
const countMax = hostsPerOctet * 256;

export function createAddressPool(options: AddressPoolOptions): AddressPool {
  const count = Math.min(options.count ?? countMax, countMax);
  const released: string[] = [];
  const taken = new Set<string>();
  let fresh = 0;
  const reuseSoon = options.reuse === 'soon';

  function takeFresh(): string | null {
    if (fresh >= count) return null;
    const address = `${options.prefix}.${Math.floor(fresh / hostsPerOctet)}.${(fresh % hostsPerOctet) + 1}`;
    fresh++;
    return address;
  }

  return {
    take() {
      const address = reuseSoon ? (released.pop() ?? takeFresh()) : (takeFresh() ?? released.shift() ?? null);
      if (address !== null) taken.add(address);
      return address;
    },
    release(address) {
      if (taken.delete(address)) released.push(address);
    },
    get taken() {
      return taken.size;
    },
  };
}
