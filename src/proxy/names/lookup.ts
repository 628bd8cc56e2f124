// One look at a name: questions one after the other, over types and search domains as Kong goes over them, until one has
// records. What SRV records name is resolved in turn, so that addresses come out in any case.

import { isIpv4, isIpv6 } from '../../kong/schema/address.ts';
import type { DnsAnswer, DnsRecord, RecordType } from '../../ports/dns.ts';
import type { NamedAddress } from './answer.ts';
import type { Questions } from './questions.ts';
import { candidateNames, hostsEntry, type NameSettings, typesFor } from './settings.ts';

/** What was asked for when there were records. */
export interface Asked {
  readonly name: string;
  readonly type: RecordType;
}

export type LookupResult =
  | {
      readonly kind: 'known';
      readonly asked: Asked;
      readonly addresses: readonly NamedAddress[];
      readonly ttlMs: number;
      /** So many were left out. */
      readonly leftOut: number;
    }
  /** Some name exists, but with none of the types. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly code: string };

type Done = (result: LookupResult) => void;

/** Of one name. The answer of somebody's DNS server decides how much memory is used here. */
export const addressesMax = 1_024;
const serviceRecordsMax = 256;
/** Where no record has a time of its own. */
const ttlMsUnknown = 30_000;

/** A server has said that it cannot tell; another name may still be answered. Whatever else goes wrong ends the look. */
const serverRefusals: ReadonlySet<string> = new Set(['ESERVFAIL', 'EREFUSED', 'ENOTIMP', 'EFORMERR']);

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function ttlOf(records: readonly DnsRecord[]): number | null {
  let least: number | null = null;
  for (const { ttlSeconds } of records)
    if (ttlSeconds !== null && (least === null || ttlSeconds < least)) least = ttlSeconds;
  return least;
}

function isAddress(host: string, type: RecordType): boolean {
  return type === 'A' ? isIpv4(host) : isIpv6(host);
}

/** Of the priority that comes first, in Kong's order; as in Kong the first one counts that names a host and port. */
function firstServices(records: readonly DnsRecord[]): readonly DnsRecord[] {
  let first = Number.POSITIVE_INFINITY;
  for (const { priority } of records) first = Math.min(first, priority);
  const byPlace = new Map<string, DnsRecord>();
  for (const record of records) {
    const place = `${record.host} ${record.port}`;
    if (record.priority === first && !byPlace.has(place)) byPlace.set(place, record);
  }
  return [...byPlace.values()]
    .sort((a, b) => byText(`${a.host}:${a.port}`, `${b.host}:${b.port}`))
    .slice(0, serviceRecordsMax);
}

/** A record's weight goes to its addresses in equal whole parts, what is left over to the first ones. Kong's least is 1. */
function shareWeight(record: DnsRecord, hosts: readonly string[]): readonly NamedAddress[] {
  const weight = Math.max(1, record.weight);
  const part = Math.floor(weight / hosts.length);
  const left = weight % hosts.length;
  return hosts
    .map((host, i) => ({
      host,
      port: record.port,
      weight: part + (i < left ? 1 : 0),
      serviceName: record.host,
    }))
    .filter((address) => address.weight > 0);
}

/** One entry for an address and port, with all of its weight. */
function merged(addresses: readonly NamedAddress[]): readonly NamedAddress[] {
  const byKey = new Map<string, NamedAddress>();
  for (const address of addresses) {
    const key = `${address.host} ${address.port}`;
    const known = byKey.get(key);
    byKey.set(key, known === undefined ? address : { ...known, weight: known.weight + address.weight });
  }
  return [...byKey.values()].sort((a, b) => byText(`${a.host}:${a.port}`, `${b.host}:${b.port}`));
}

function known(asked: Asked, all: readonly NamedAddress[], ttlSeconds: number | null): LookupResult {
  const addresses = merged(all);
  return {
    kind: 'known',
    asked,
    addresses: addresses.slice(0, addressesMax),
    ttlMs: ttlSeconds === null ? ttlMsUnknown : ttlSeconds * 1000,
    leftOut: Math.max(0, addresses.length - addressesMax),
  };
}

/** Addresses of what one SRV record names. */
interface ServiceAddresses {
  readonly record: DnsRecord;
  hosts: readonly string[];
  ttlSeconds: number | null;
  /** Nobody could tell. */
  failure: string | null;
}

class Lookup {
  readonly #questions: Questions;
  readonly #settings: NameSettings;
  readonly #isUrgent: boolean;
  readonly #done: Done;
  readonly #left: Asked[];
  #isEmpty = false;
  #failure: string | null = null;

  constructor(
    questions: Questions,
    settings: NameSettings,
    name: string,
    last: Asked | null,
    isUrgent: boolean,
    done: Done,
  ) {
    this.#questions = questions;
    this.#settings = settings;
    this.#isUrgent = isUrgent;
    this.#done = done;
    const all = typesFor(settings, name).flatMap((type) =>
      candidateNames(settings, name).map((candidate) => ({ name: candidate, type })),
    );
    const begins = settings.order[0] === 'LAST' ? last : null;
    const others = all.filter((asked) => asked.name !== begins?.name || asked.type !== begins.type);
    this.#left = begins === null ? others : [begins, ...others];
    this.#next();
  }

  #next(): void {
    const asked = this.#left.shift();
    if (asked !== undefined) {
      const { name, type } = asked;
      this.#questions.ask(name, type, this.#isUrgent, (answer) => this.#answered(asked, answer));
    } else if (this.#failure !== null) this.#done({ kind: 'failed', code: this.#failure });
    else this.#done({ kind: this.#isEmpty ? 'empty' : 'absent' });
  }

  #answered(asked: Asked, answer: DnsAnswer): void {
    if (answer.kind === 'records') {
      this.#records(asked, answer.records);
      return;
    }
    if (answer.kind === 'empty') this.#isEmpty = true;
    if (answer.kind === 'failed') {
      this.#failure = answer.code;
      if (!serverRefusals.has(answer.code)) this.#left.length = 0;
    }
    this.#next();
  }

  #records(asked: Asked, records: readonly DnsRecord[]): void {
    if (asked.type === 'SRV') {
      this.#services(asked, records);
      return;
    }
    const usable = records.filter(({ host }) => isAddress(host, asked.type));
    if (usable.length === 0) {
      this.#isEmpty = true;
      this.#next();
      return;
    }
    const addresses = usable.map(({ host }) => ({ host, port: 0, weight: 0, serviceName: '' }));
    this.#done(known(asked, addresses, ttlOf(usable)));
  }

  #services(asked: Asked, records: readonly DnsRecord[]): void {
    // Kubernetes has records for its services that name themselves: they tell nothing.
    const others = records.filter(({ host }) => host.toLowerCase() !== asked.name);
    const services = others.length === 0 ? [] : firstServices(others);
    if (services.length === 0) {
      this.#isEmpty = true;
      this.#next();
      return;
    }
    const found: ServiceAddresses[] = services.map((record) => ({
      record,
      hosts: [],
      ttlSeconds: null,
      failure: null,
    }));
    let waiting = found.length;
    for (const service of found)
      this.#resolveService(service, () => {
        waiting--;
        if (waiting === 0) this.#servicesResolved(asked, found);
      });
  }

  #servicesResolved(asked: Asked, found: readonly ServiceAddresses[]): void {
    // Without them the others would get what is theirs, and another type would lead to another port.
    const failure = found.find((service) => service.failure !== null)?.failure ?? null;
    if (failure !== null) {
      this.#done({ kind: 'failed', code: failure });
      return;
    }
    const resolved = found.filter(({ hosts }) => hosts.length > 0);
    if (resolved.length === 0) {
      this.#isEmpty = true;
      this.#next();
      return;
    }
    const addresses = resolved.flatMap(({ record, hosts }) => shareWeight(record, hosts));
    const own = ttlOf(resolved.map(({ record }) => record));
    const theirs = resolved.map(({ ttlSeconds }) => ttlSeconds).filter((ttl) => ttl !== null);
    const ttls = own === null ? theirs : [own, ...theirs];
    this.#done(known(asked, addresses, ttls.length === 0 ? null : Math.min(...ttls)));
  }

  #resolveService(service: ServiceAddresses, done: () => void): void {
    const name = service.record.host.toLowerCase().replace(/\.$/, '');
    const types = typesFor(this.#settings, name).filter((type) => type !== 'SRV');
    const left = types.length === 0 ? (['A'] as RecordType[]) : [...types];
    if (isIpv4(name) || isIpv6(name)) {
      service.hosts = [name];
      done();
      return;
    }
    const entry = hostsEntry(this.#settings, name);
    if (entry !== null) {
      service.hosts = [entry.ipv4 ?? entry.ipv6!];
      done();
      return;
    }
    const next = (): void => {
      const type = left.shift();
      if (type === undefined) {
        done();
        return;
      }
      this.#questions.ask(name, type, this.#isUrgent, (answer) => {
        if (answer.kind === 'failed') service.failure = answer.code;
        const usable =
          answer.kind === 'records' ? answer.records.filter(({ host }) => isAddress(host, type)) : [];
        if (usable.length === 0) {
          next();
          return;
        }
        service.hosts = [...new Set(usable.map(({ host }) => host))].sort(byText);
        service.ttlSeconds = ttlOf(usable);
        done();
      });
    };
    next();
  }
}

/** `last`: what had records before. `isUrgent`: requests may be waiting. `done` is called once. */
export function lookUp(
  questions: Questions,
  settings: NameSettings,
  name: string,
  last: Asked | null,
  isUrgent: boolean,
  done: Done,
): void {
  new Lookup(questions, settings, name, last, isUrgent, done);
}
