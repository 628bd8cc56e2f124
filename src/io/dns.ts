// Questions to DNS servers, over node's resolver (c-ares): UDP, then TCP where an answer does not fit.
import { Resolver } from 'node:dns';
import type { Dns, DnsAnswer, DnsRecord, RecordType } from '../ports/dns.ts';

export interface DnsOptions {
  /** 'address' or 'address:port', asked one after the other; empty: the system's. */
  readonly servers: readonly string[];
  /** For the answer to one packet. */
  readonly timeoutMs: number;
  /** Packets to each server. */
  readonly tries: number;
}

/** Kong's. */
export const dnsOptionsDefault: DnsOptions = { servers: [], timeoutMs: 2_000, tries: 5 };

function failure(code: string): DnsAnswer {
  switch (code) {
    case 'ENODATA':
      return { kind: 'empty' };
    // What cannot be a name is none.
    case 'ENOTFOUND':
    case 'EBADNAME':
      return { kind: 'absent' };
    default:
      return { kind: 'failed', code };
  }
}

const noService = { port: 0, priority: 0, weight: 0 };

export function createDns({ servers, timeoutMs, tries }: DnsOptions = dnsOptionsDefault): Dns {
  const resolver = new Resolver({ timeout: timeoutMs, tries });
  if (servers.length > 0) resolver.setServers(servers);

  const ask = (name: string, type: RecordType, done: (answer: DnsAnswer) => void): void => {
    const told = (error: NodeJS.ErrnoException | null, records: () => readonly DnsRecord[]): void => {
      if (error !== null) done(failure(error.code ?? 'ESERVFAIL'));
      else {
        const all = records();
        done(all.length === 0 ? { kind: 'empty' } : { kind: 'records', records: all });
      }
    };
    if (type === 'SRV') {
      // The times of SRV records are not told.
      resolver.resolveSrv(name, (error, found) =>
        told(error, () =>
          found.map(({ name: host, port, priority, weight }) => {
            return { host, ttlSeconds: null, port, priority, weight };
          }),
        ),
      );
      return;
    }
    const listed = (error: NodeJS.ErrnoException | null, found: { address: string; ttl: number }[]): void =>
      told(error, () => found.map(({ address, ttl }) => ({ host: address, ttlSeconds: ttl, ...noService })));
    if (type === 'A') resolver.resolve4(name, { ttl: true }, listed);
    else resolver.resolve6(name, { ttl: true }, listed);
  };

  return {
    query(name, type, done) {
      let isCancelled = false;
      try {
        ask(name, type, (answer) => {
          if (!isCancelled) done(answer);
        });
      } catch {
        // Node throws for names that cannot be asked for, and promises to answer later for all others.
        setImmediate(() => {
          if (!isCancelled) done({ kind: 'absent' });
        });
      }
      return {
        cancel() {
          isCancelled = true;
        },
      };
    },
  };
}
