// What a gateway had been told of a name at any moment, read naively from DNS answers: SRV records of the first priority, then
// an address for each name in them; where there are none, addresses of the name itself.
import type { GatewayConfig } from '../../../src/kong/config.ts';
import type { Evidence, NameRecord, RequestRecord } from '../../evidence/evidence.ts';
import { routesFor, targetsOf } from '../../reference/config-routing.ts';
import type { Outlook } from '../outlook.ts';
import { configsOf, isPausedDuring, livesOf } from './hosts.ts';

/** From one answer that told something to the next that told something else. */
export interface NameView {
  readonly fromUs: number;
  /** MAX_SAFE_INTEGER while it lasts. */
  toUs: number;
  /** null: there is no such name. */
  readonly addresses: ReadonlySet<string> | null;
  /** The least time to live of the answers that made it; -1 where none tells. */
  readonly ttlUs: number;
}

export const foreverUs = Number.MAX_SAFE_INTEGER;

/** [from, to) of the configs in a row that have the name: a look at it ends with the last of them, whatever comes after. */
type Stretch = readonly [fromUs: number, toUs: number];

function stretchesOf(evidence: Evidence, gateway: string, name: string): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let fromUs = -1;
  for (const { config, atUs } of configsOf(evidence, gateway)) {
    const isWanted = namesIn(config).has(name);
    if (isWanted && fromUs === -1) fromUs = atUs;
    if (isWanted || fromUs === -1) continue;
    stretches.push([fromUs, atUs]);
    fromUs = -1;
  }
  if (fromUs !== -1) stretches.push([fromUs, foreverUs]);
  return stretches;
}

interface Round {
  readonly stretch: Stretch;
  /** Asked for because of SRV records; false: the name itself is. */
  readonly isOfServices: boolean;
  readonly isAbsent: boolean;
  readonly missing: Set<string>;
  readonly found: Set<string>;
  ttlUs: number;
}

function least(a: number, b: number): number {
  return a === -1 || b === -1 ? Math.max(a, b) : Math.min(a, b);
}

function stretchAt(stretches: readonly Stretch[], atUs: number): Stretch | null {
  return stretches.find(([fromUs, toUs]) => fromUs <= atUs && atUs < toUs) ?? null;
}

function beginRound(record: NameRecord, stretch: Stretch | null): Round | null {
  if (record.kind === 'failed' || stretch === null) return null;
  const services = record.records.filter(({ host }) => host !== record.name);
  const first = Math.min(...services.map(({ priority }) => priority));
  const hosts = services.filter(({ priority }) => priority === first).map(({ host }) => host);
  const isOfServices = hosts.length > 0;
  return {
    stretch,
    isOfServices,
    isAbsent: record.kind === 'absent',
    missing: new Set(isOfServices ? hosts : [record.name]),
    found: new Set(),
    ttlUs: record.ttlUs,
  };
}

/** What a gateway was told in one life, in the order in which it was told. */
function toldIn(evidence: Evidence, gateway: string): readonly (readonly NameRecord[])[] {
  return livesOf(evidence)
    .filter(({ host }) => host === gateway)
    .map(({ fromUs, toUs }) =>
      evidence.names
        .filter(
          ({ host, askedUs, toldUs }) =>
            host === gateway && askedUs >= fromUs && toldUs !== -1 && toldUs < toUs,
        )
        .sort((a, b) => a.toldUs - b.toldUs),
    );
}

function viewsOfLife(
  told: readonly NameRecord[],
  name: string,
  endUs: number,
  stretches: readonly Stretch[],
): readonly NameView[] {
  const views: NameView[] = [];
  let round: Round | null = null;
  const show = (fromUs: number, addresses: ReadonlySet<string> | null, ttlUs: number): void => {
    const last = views.at(-1);
    if (last !== undefined) last.toUs = fromUs;
    views.push({ fromUs, toUs: endUs, addresses, ttlUs });
  };
  for (const record of told) {
    if (record.name === name && record.type === 'SRV') {
      round = beginRound(record, stretchAt(stretches, record.toldUs));
      continue;
    }
    if (round !== null && round.stretch !== stretchAt(stretches, record.toldUs)) round = null;
    if (round === null || record.type !== 'A' || !round.missing.has(record.name)) continue;
    if (record.kind === 'failed') {
      round = null;
      continue;
    }
    round.missing.delete(record.name);
    for (const { host } of record.records) if (/^[\d.]+$/.test(host)) round.found.add(host);
    if (record.kind === 'records') round.ttlUs = least(round.ttlUs, record.ttlUs);
    if (round.missing.size > 0) continue;
    if (round.found.size > 0) show(record.toldUs, round.found, round.ttlUs);
    else if (round.isOfServices) {
      // None of the records leads anywhere: the name itself is asked for.
      round = { ...round, isOfServices: false, missing: new Set([name]) };
      continue;
    } else if ((round.isAbsent && record.kind === 'absent') || (views.at(-1)?.addresses ?? null) === null)
      show(record.toldUs, null, -1);
    round = null;
  }
  return views;
}

/** Views of a name at a gateway, over all of its lives. */
export function viewsOf(evidence: Evidence, gateway: string, name: string): readonly NameView[] {
  const lives = livesOf(evidence).filter(({ host }) => host === gateway);
  const stretches = stretchesOf(evidence, gateway, name);
  return toldIn(evidence, gateway).flatMap((told, index) =>
    viewsOfLife(told, name, Math.min(foreverUs, lives[index]!.toUs), stretches),
  );
}

export function viewsDuring(views: readonly NameView[], fromUs: number, toUs: number): readonly NameView[] {
  return views.filter((view) => view.fromUs <= toUs && view.toUs > fromUs);
}

const nameTarget = /^([a-z][a-z0-9.-]*):\d+$/;

/** 'gateway address': when DNS told the gateway of the address first. No endpoint of a slice, it is reached over a name. */
export function addressesTold({ names }: Evidence): ReadonlyMap<string, number> {
  const told: Map<string, number> = new Map();
  for (const { host, type, toldUs, records } of names) {
    if (type === 'SRV' || toldUs === -1) continue;
    for (const record of records) {
      const key = `${host} ${record.host}`;
      if (!told.has(key)) told.set(key, toldUs);
    }
  }
  return told;
}

/** The one name that a config has a request go to; null: another thing, or several. */
function nameIn(config: GatewayConfig, request: RequestRecord): string | null {
  const [path = '/'] = request.path.split('?');
  const targets = new Set(routesFor(config, request.host, path).flatMap((route) => targetsOf(config, route)));
  const [target = ''] = targets;
  return targets.size === 1 ? (nameTarget.exec(target)?.[1] ?? null) : null;
}

/** The one name that a request went to under every config from when it was sent until `untilUs`; null: no opinion. */
export function nameOfRequest(outlook: Outlook, request: RequestRecord, untilUs: number): string | null {
  const terms = outlook.termsDuring(outlook.workerOf(request), request.sentUs, untilUs);
  const names = new Set(terms.map(({ config }) => (config === null ? null : nameIn(config.config, request))));
  const [name = null] = names;
  return names.size === 1 ? name : null;
}

/** Names that targets of a config are. */
export function namesIn({ entities }: GatewayConfig): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { target } of entities.targets.values()) {
    const name = nameTarget.exec(target)?.[1];
    if (name !== undefined) names.add(name);
  }
  return names;
}

/** One of the gateway's processes began, ended or was paused within the stretch. */
export function isUnsettled(evidence: Evidence, gateway: string, fromUs: number, toUs: number): boolean {
  const isItsOwn = (host: string): boolean => host === gateway || host.startsWith(`${gateway}/`);
  if (evidence.lives.some(({ host, atUs }) => isItsOwn(host) && atUs >= fromUs && atUs <= toUs)) return true;
  const hosts = new Set(evidence.lives.map(({ host }) => host).filter(isItsOwn));
  return [...hosts].some((host) => isPausedDuring(evidence, host, fromUs, toUs));
}
