// Name resolution by the system's resolver (getaddrinfo: /etc/hosts and search domains included).
import { lookup } from 'node:dns';
import type { Dns } from '../ports/dns.ts';

export function createDns(): Dns {
  return {
    resolve(name, done) {
      lookup(name, { all: true, order: 'ipv4first' }, (error, addresses) => {
        if (error !== null) done(error.code ?? 'ESERVFAIL', []);
        else
          done(
            null,
            addresses.map((entry) => entry.address),
          );
      });
    },
  };
}
