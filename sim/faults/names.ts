// DNS as it is in the field: names whose addresses change, servers that do not answer or answer late, names that are gone, and
// answers that nobody would expect.
import type { DnsAnswer, DnsRecord, RecordType } from '../../src/ports/dns.ts';
import type { StoredObject } from '../cluster/store-api.ts';
import type { NameTrouble } from '../network/network.ts';
import { type Aim, type AimedPlan, type Fault, pick, type Stage } from './fault.ts';
import { isGateway } from './targets.ts';
import { aimVisits, letVisit } from './visits.ts';

const outside = /^([a-z0-9-]+)\.([a-z0-9-]+)\.outside\.example$/;

function externalNameOf(object: Pick<StoredObject, 'spec'> | null): readonly string[] {
  const { externalName } = (object?.spec ?? {}) as { readonly externalName?: string };
  return externalName !== undefined && outside.test(externalName) ? [externalName] : [];
}

/** Names that Services of the plan, or of its operations, lead to. */
function plannedNames({ objects, operations }: AimedPlan): readonly string[] {
  const planned = objects.flatMap(({ object }) => externalNameOf(object));
  const operated = operations.flatMap(({ operation }) => externalNameOf(operation.body));
  return [...new Set([...planned, ...operated])];
}

/** With visitors for the application that the name belongs to. */
function aimAtName(
  draw: Aim,
  shape: Parameters<Fault['aim']>[1],
  plan: AimedPlan,
): { readonly target: string; readonly visits: Readonly<Record<string, string | number | boolean>> } | null {
  const names = plannedNames(plan);
  if (names.length === 0) return null;
  const target = pick(names, draw('name', 64));
  const [, name, namespace] = outside.exec(target)!;
  return { target, visits: aimVisits(draw, shape, plan, `${namespace}/${name}`) };
}

/** In the way of every question of gateways that `meets`, until the returned call. */
function trouble(
  stage: Stage,
  meets: (name: string, type: RecordType) => ReturnType<NameTrouble>,
): () => void {
  const { world, record } = stage;
  const stop = letVisit(stage);
  const own: NameTrouble = (life, name, type) => {
    const met = isGateway(life.name) ? meets(name, type) : null;
    if (met !== null) record.hits++;
    return met;
  };
  world.network.nameTroubles.add(own);
  return () => {
    world.network.nameTroubles.delete(own);
    stop();
  };
}

/** Of the records so many, others at each step. */
function someOf(records: readonly DnsRecord[], step: number, keep: number): readonly DnsRecord[] {
  const first = step % records.length;
  return [...records.slice(first), ...records.slice(0, first)].slice(0, keep);
}

const nameChanges: Fault = {
  id: 'X30',
  name: 'name-changes',
  summary: 'A name leads to some of its addresses only, now to these, now to those.',
  harms: [],
  lastsMsMax: 10_000,
  aim(draw, shape, plan) {
    const aimed = aimAtName(draw, shape, plan);
    if (aimed === null) return null;
    const parameters = { keep: 1 + draw('keep', 2), everyMs: 500 + draw('pace', 2_500), ...aimed.visits };
    return { target: aimed.target, parameters };
  },
  begin(stage) {
    const { world, entry } = stage;
    const { keep, everyMs } = entry.parameters;
    const fromUs = world.scheduler.nowUs;
    return trouble(stage, (name, type) => {
      if (name !== entry.target || type !== 'SRV') return null;
      const step = Math.floor((world.scheduler.nowUs - fromUs) / (Number(everyMs) * 1000));
      const change = (answer: DnsAnswer): DnsAnswer =>
        answer.kind === 'records'
          ? { kind: 'records', records: someOf(answer.records, step, Number(keep)) }
          : answer;
      return { change };
    });
  },
};

const refusals = ['ESERVFAIL', 'EREFUSED', 'ECONNREFUSED', 'ETIMEOUT'] as const;
/** How long it takes to find out that nobody answers. */
const timeoutUs = 5_000_000;

const unanswered: Fault = {
  id: 'X31',
  name: 'names-unanswered',
  summary: 'DNS servers refuse every question, fail, or are not there.',
  harms: ['traffic'],
  lastsMsMax: 10_000,
  aim(draw, shape, plan) {
    const aimed = aimAtName(draw, shape, plan);
    return aimed === null
      ? null
      : { target: '', parameters: { how: pick(refusals, draw('how', 64)), ...aimed.visits } };
  },
  begin(stage) {
    const code = String(stage.entry.parameters['how']);
    const change = (): DnsAnswer => ({ kind: 'failed', code });
    return trouble(stage, () => ({ change, delayUs: code === 'ETIMEOUT' ? timeoutUs : 0 }));
  },
};

const late: Fault = {
  id: 'X32',
  name: 'names-late',
  summary: 'DNS servers answer late.',
  harms: ['traffic'],
  lastsMsMax: 10_000,
  aim(draw, shape, plan) {
    const aimed = aimAtName(draw, shape, plan);
    return aimed === null
      ? null
      : { target: '', parameters: { lateMs: 50 + draw('late', 3_950), ...aimed.visits } };
  },
  begin: (stage) => trouble(stage, () => ({ delayUs: Number(stage.entry.parameters['lateMs']) * 1000 })),
};

const vanishes: Fault = {
  id: 'X33',
  name: 'name-vanishes',
  summary: 'DNS says that a name does not exist although its pods are there.',
  harms: ['traffic'],
  lastsMsMax: 6_000,
  aim(draw, shape, plan) {
    const aimed = aimAtName(draw, shape, plan);
    return aimed === null ? null : { target: aimed.target, parameters: aimed.visits };
  },
  begin(stage) {
    const change = (): DnsAnswer => ({ kind: 'absent' });
    return trouble(stage, (name) => (name === stage.entry.target ? { change } : null));
  },
};

const nowhere: DnsRecord = {
  host: 'nobody.outside.example',
  ttlSeconds: 2,
  port: 9,
  priority: 10,
  weight: 60_000,
};
/** Together more than a gateway looks at. */
const repeatedTimes = 300;

/** What becomes of an answer that has records. */
const oddities: Readonly<
  Record<string, (records: readonly DnsRecord[], type: RecordType) => readonly DnsRecord[]>
> = {
  empty: () => [],
  'no-time': (records) => records.map((record) => ({ ...record, ttlSeconds: 0 })),
  crowd: (records) => Array.from({ length: repeatedTimes }, () => records).flat(),
  rubbish: (records, type) =>
    type === 'SRV' ? records : [{ ...records[0]!, host: 'no address' }, ...records],
  'later-priority': (records, type) => (type === 'SRV' ? [nowhere, ...records] : records),
  'nowhere-too': (records, type) => (type === 'SRV' ? [{ ...nowhere, priority: 0 }, ...records] : records),
};

const odd: Fault = {
  id: 'X34',
  name: 'odd-name-answers',
  summary:
    'DNS answers with nothing, no time to live, a crowd of records, rubbish, or records that lead nowhere.',
  harms: ['traffic'],
  lastsMsMax: 10_000,
  aim(draw, shape, plan) {
    const aimed = aimAtName(draw, shape, plan);
    if (aimed === null) return null;
    const how = pick(Object.keys(oddities), draw('how', 64));
    return { target: '', parameters: { how, ...aimed.visits } };
  },
  begin(stage) {
    const oddity = oddities[String(stage.entry.parameters['how'])]!;
    return trouble(stage, (_name, type) => ({
      change(answer) {
        if (answer.kind !== 'records') return answer;
        const records = oddity(answer.records, type);
        return records.length === 0 ? { kind: 'empty' } : { kind: 'records', records };
      },
    }));
  },
};

export const nameFaults: readonly Fault[] = [nameChanges, unanswered, late, vanishes, odd];
