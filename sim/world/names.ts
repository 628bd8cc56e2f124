// DNS of a world. `NAME.NAMESPACE.outside.example` leads to the ready pods of a Deployment, by SRV records with the port that
// they listen on, as names that somebody else's cluster publishes would; each pod has a name of its own with its address.
import type { DnsAnswer, DnsRecord, RecordType } from '../../src/ports/dns.ts';
import { type NameSettings, nameSettingsDefault } from '../../src/proxy/names/settings.ts';
import { asPod } from '../cluster/controllers/kinds.ts';
import { isReady } from '../cluster/controllers/pod-state.ts';
import type { ClusterStore, StoredObject } from '../cluster/store-api.ts';
import type { Evidence, NameRecord } from '../evidence/evidence.ts';
import type { Network } from '../network/network.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';

export const outsideDomain = 'outside.example';
/** Short, so that histories see many of them run out. */
const ttlSeconds = 2;

/** Of gateways: like the product's own, but patient for seconds where that is for half a minute. */
export const nameSettings: NameSettings = { ...nameSettingsDefault, notFoundTtlMs: 2_000 };

const absent: DnsAnswer = { kind: 'absent' };
const empty: DnsAnswer = { kind: 'empty' };

function recordOf(host: string, port: number): DnsRecord {
  return { host, ttlSeconds, port, priority: 0, weight: port === 0 ? 0 : 1 };
}

const podName = (address: string): string => `pod-${address.replaceAll('.', '-')}.${outsideDomain}`;

interface Ports {
  readonly containers?: readonly { readonly ports?: readonly { readonly containerPort: number }[] }[];
}

function portOf({ spec }: StoredObject): number {
  return (spec as Ports | undefined)?.containers?.[0]?.ports?.[0]?.containerPort ?? 0;
}

export function createNameServer(store: Pick<ClusterStore, 'list' | 'get'>): Network['answerName'] {
  /** Pods that are there for the name; null: there is no such Deployment. */
  const podsOf = (namespace: string, name: string): readonly StoredObject[] | null => {
    const deployment = store.get('deployments.apps', namespace, name);
    if (deployment === null) return null;
    return store
      .list('pods', { namespace, labelSelector: `app=${name}` })
      .filter((pod) => pod.metadata.deletionTimestamp === undefined && isReady(asPod(pod)));
  };
  return (name: string, type: RecordType) => {
    const own = new RegExp(`^pod-(\\d+)-(\\d+)-(\\d+)-(\\d+)\\.${outsideDomain}$`).exec(name);
    if (own !== null)
      return type === 'A' ? { kind: 'records', records: [recordOf(own.slice(1).join('.'), 0)] } : empty;
    const asked = new RegExp(`^([a-z0-9-]+)\\.([a-z0-9-]+)\\.${outsideDomain}$`).exec(name);
    const pods = asked === null ? null : podsOf(asked[2]!, asked[1]!);
    if (pods === null || pods.length === 0) return absent;
    if (type !== 'SRV') return empty;
    const records = pods.map((pod) => recordOf(podName(String(pod.status?.['podIP'])), portOf(pod)));
    return { kind: 'records', records };
  };
}

/** What came of a question. */
export function nameRecord(
  asked: Pick<NameRecord, 'host' | 'name' | 'type' | 'askedUs' | 'toldUs'>,
  answer: DnsAnswer,
): NameRecord {
  const record: NameRecord = { ...asked, kind: '', records: [], ttlUs: -1 };
  tell(record, answer);
  return record;
}

function tell(record: NameRecord, answer: DnsAnswer): void {
  record.kind = answer.kind;
  if (answer.kind !== 'records') return;
  record.records = answer.records.map(({ host, port, priority }) => ({ host, port, priority }));
  const ttls = answer.records.map(({ ttlSeconds: ttl }) => ttl).filter((ttl) => ttl !== null);
  if (ttls.length > 0) record.ttlUs = Math.min(...ttls) * 1_000_000;
}

/** Takes down what gateways ask and are told. */
export function recordNames(scheduler: Scheduler, evidence: Evidence): Network['onQuery'] {
  return (life, name, type) => {
    if (!life.name.startsWith('gateway-')) return null;
    const record: NameRecord = {
      host: life.name,
      name,
      type,
      askedUs: scheduler.nowUs,
      toldUs: -1,
      kind: '',
      records: [],
      ttlUs: -1,
    };
    evidence.names.push(record);
    return (answer) => {
      record.toldUs = scheduler.nowUs;
      tell(record, answer);
    };
  };
}
