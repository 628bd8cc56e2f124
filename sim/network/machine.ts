// One network stack: the addresses it owns, who listens on them, and the next free port. Several hosts may share one.
import type { Process } from './process.ts';

/** A listening socket. `accept` is given the embryonic server side once the handshake is through. */
export interface Listener<Kind = unknown> {
  /** Address or '0.0.0.0' for all of the machine's. */
  readonly host: string;
  readonly port: number;
  readonly reusePort: boolean;
  readonly life: Process;
  readonly service: Kind;
  closed: boolean;
}

const firstEphemeralPort = 32_768;
const lastPort = 65_535;
const wildcards: ReadonlySet<string> = new Set(['0.0.0.0', '::', '']);

/** The machine itself under its loopback names. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

export class Machine {
  readonly name: string;
  readonly addresses: Set<string> = new Set();
  /** Off after a loss of power, until a host starts on it again: what comes finds nobody. */
  powered = true;
  /** Its cable is out: nothing gets to it or from it, while its own processes still reach each other. */
  isolated = false;
  /** Its backlog is full: not null, and holds what knocks meanwhile. Open connections go on. */
  deaf: (() => void)[] | null = null;
  private readonly listeners: Map<number, Listener[]> = new Map();
  private nextPort = firstEphemeralPort;

  constructor(name: string) {
    this.name = name;
  }

  /** First address, or loopback for a machine without any. */
  get primaryAddress(): string {
    for (const address of this.addresses) return address;
    return '127.0.0.1';
  }

  /** Puts a listener up; the error code when it cannot be. */
  open(listener: Omit<Listener, 'port' | 'closed'> & { readonly port: number }): string | Listener {
    if (!wildcards.has(listener.host) && !isLoopback(listener.host) && !this.addresses.has(listener.host)) {
      return 'EADDRNOTAVAIL';
    }
    const port = listener.port === 0 ? this.ephemeralPort() : listener.port;
    const host = wildcards.has(listener.host) ? '0.0.0.0' : listener.host;
    const others = this.listeners.get(port) ?? [];
    const clashes = others.some(
      (other) =>
        (other.host === host || other.host === '0.0.0.0' || host === '0.0.0.0') &&
        !(other.reusePort && listener.reusePort),
    );
    if (clashes) return 'EADDRINUSE';
    const opened: Listener = { ...listener, host, port, closed: false };
    others.push(opened);
    this.listeners.set(port, others);
    return opened;
  }

  close(listener: Listener): void {
    if (listener.closed) return;
    listener.closed = true;
    const rest = (this.listeners.get(listener.port) ?? []).filter((other) => other !== listener);
    if (rest.length === 0) this.listeners.delete(listener.port);
    else this.listeners.set(listener.port, rest);
  }

  /** Who gets a connection to `address:port`; `choice` picks among several on one port. */
  find(address: string, port: number, choice: (count: number) => number): Listener | null {
    const all = this.listeners.get(port);
    if (all === undefined) return null;
    const exact = all.filter((listener) => listener.host === address);
    const fit = exact.length > 0 ? exact : all.filter((listener) => listener.host === '0.0.0.0');
    if (fit.length === 0) return null;
    return fit.length === 1 ? fit[0]! : fit[choice(fit.length)]!;
  }

  ephemeralPort(): number {
    for (let tried = firstEphemeralPort; tried <= lastPort; tried++) {
      const port = this.nextPort;
      this.nextPort = port === lastPort ? firstEphemeralPort : port + 1;
      if (!this.listeners.has(port)) return port;
    }
    return 0;
  }
}
