// A DNS of a few records, for tests: answers after a while, remembers what it was asked.
import type { Clock } from '../../../src/ports/clock.ts';
import type { Dns, DnsAnswer, DnsRecord, RecordType } from '../../../src/ports/dns.ts';

/** 'A name': '10.0.0.1/5 10.0.0.2' (address/ttl), 'SRV name': 'target:port priority weight; ...', '-' = empty, '!CODE' = failed. */
export type Records = Readonly<Record<string, string>>;

function addressRecord(text: string): DnsRecord {
  const [host = '', ttl] = text.split('/');
  return { host, ttlSeconds: ttl === undefined ? 60 : Number(ttl), port: 0, priority: 0, weight: 0 };
}

function serviceRecord(text: string): DnsRecord {
  const [at = '', priority = '0', weight = '0'] = text.trim().split(' ');
  const [host = '', port = '0'] = at.split(':');
  return {
    host,
    ttlSeconds: null,
    port: Number(port),
    priority: Number(priority),
    weight: Number(weight),
  };
}

export function answerOf(records: Records, name: string, type: RecordType): DnsAnswer {
  const text = records[`${type} ${name}`];
  if (text?.startsWith('!') === true) return { kind: 'failed', code: text.slice(1) };
  if (text === '-') return { kind: 'empty' };
  if (text !== undefined) {
    const made = type === 'SRV' ? text.split(';').map(serviceRecord) : text.split(' ').map(addressRecord);
    return { kind: 'records', records: made };
  }
  const exists = Object.keys(records).some((key) => key.endsWith(` ${name}`));
  return exists ? { kind: 'empty' } : { kind: 'absent' };
}

export interface TestDns extends Dns {
  records: Records;
  readonly asked: string[];
  /** Questions that are not answered yet, and the most of them that there ever were. */
  open: number;
  openMax: number;
}

export function createTestDns(clock: Pick<Clock, 'after'>, records: Records, delayMs = 1): TestDns {
  const dns: TestDns = {
    records,
    asked: [],
    open: 0,
    openMax: 0,
    query(name, type, done) {
      dns.asked.push(`${type} ${name}`);
      dns.open++;
      dns.openMax = Math.max(dns.openMax, dns.open);
      const timer = clock.after(delayMs, () => {
        dns.open--;
        done(answerOf(dns.records, name, type));
      });
      return timer;
    },
  };
  return dns;
}
