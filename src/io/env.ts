// The real world in one record: what every process of the product is given by its command.
import type { Env } from '../ports/env.ts';
import { createClock } from './clock.ts';
import { createDns, type DnsOptions, dnsOptionsDefault } from './dns.ts';
import { createHttpServer } from './http-server.ts';
import { createLog, type LogOptions } from './log.ts';
import { createRandom } from './random.ts';
import { createShared } from './shared.ts';
import { createTcp } from './tcp.ts';
import { createTls } from './tls.ts';

export function createEnv(options: LogOptions, dns: DnsOptions = dnsOptionsDefault): Env {
  const log = createLog(options);
  return {
    clock: createClock(),
    random: createRandom(),
    log,
    tcp: createTcp(log),
    tls: createTls(log),
    dns: createDns(dns),
    httpServer: createHttpServer(),
    shared: createShared(),
  };
}
