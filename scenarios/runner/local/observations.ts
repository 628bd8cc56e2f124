// Reads what observed processes write down, and puts it with the rest of the evidence.
import { closeSync, openSync, readSync } from 'node:fs';
import type { DialRecord, Evidence } from '../../../sim/evidence/evidence.ts';
import { nameRecord } from '../../../sim/world/names.ts';
import type { GatewayConfig } from '../../../src/kong/config.ts';
import { decodeDeclarative } from '../../../src/kong/decode.ts';
import type { Observation } from './observer/records.ts';

const chunkBytes = 1 << 18;

/** A config as its gateway told it; decoded when somebody looks into it. */
function configOf(id: string, document: unknown): GatewayConfig {
  let entities: GatewayConfig['entities'] | null = null;
  return {
    id,
    get entities() {
      if (entities === null) {
        const decoded = decodeDeclarative(document);
        if (!decoded.ok)
          throw new Error(`a gateway told a config that cannot be read: ${JSON.stringify(decoded.error)}`);
        if (decoded.value.id !== id)
          throw new Error(`a gateway told config ${id} as what is config ${decoded.value.id}`);
        entities = decoded.value.entities;
      }
      return entities;
    },
  };
}

/** Lives of a host of ours, also of workers. */
export interface Lives {
  /** Which life it is in. */
  of(host: string): number;
  begin(host: string, atUs: number): void;
  end(host: string, atUs: number): void;
  isAlive(host: string): boolean;
}

export function createLives(evidence: Evidence): Lives {
  const counts: Map<string, number> = new Map();
  const alive: Set<string> = new Set();
  const add = (host: string, atUs: number, what: 'start' | 'end'): void => {
    evidence.lives.push({ host, life: counts.get(host) ?? 0, atUs, what });
  };
  return {
    of: (host) => counts.get(host) ?? 0,
    isAlive: (host) => alive.has(host),
    begin(host, atUs) {
      counts.set(host, (counts.get(host) ?? 0) + 1);
      alive.add(host);
      add(host, atUs, 'start');
    },
    end(host, atUs) {
      if (alive.delete(host)) add(host, atUs, 'end');
    },
  };
}

/** What one life of a process has told. */
export interface Observations {
  /** '' = it is ready; null: it has not said so far. */
  readonly notReady: string | null;
  /** Reads what is new. */
  read(): void;
  /** Its process has ended: so have its workers and connections. */
  close(atUs: number): void;
  /** Connections that are open by what was read so far, by worker. */
  open(worker: number): { readonly accepted: number; readonly opened: readonly string[] };
}

export function observe(file: string, host: string, evidence: Evidence, lives: Lives): Observations {
  const input = openSync(file, 'a+');
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const workers: Set<string> = new Set();
  const dials: Map<string, DialRecord> = new Map();
  const accepts: Map<string, string> = new Map();
  const life = lives.of(host);
  let offset = 0;
  let rest: Buffer = Buffer.alloc(0);
  let notReady: string | null = null;

  const workerHost = (worker: number): string => `${host}/worker-${worker}`;
  const take = (told: Observation): void => {
    const { atUs } = told;
    switch (told.kind) {
      case 'worker-start': {
        workers.add(workerHost(told.worker));
        lives.begin(workerHost(told.worker), atUs);
        return;
      }
      case 'worker-end':
        lives.end(workerHost(told.worker), atUs);
        return;
      case 'listening':
        evidence.listens.push({ gateway: host, worker: told.worker, atUs: told.fromUs });
        return;
      case 'swapped': {
        const { worker, configId, visibleUs } = told;
        const ofWorker = lives.of(workerHost(worker));
        evidence.swaps.push({ gateway: host, worker, life: ofWorker, atUs: visibleUs, configId });
        return;
      }
      case 'config': {
        const { configId, takenUs, document, epoch, revision, isKept } = told;
        const config = configOf(configId, document);
        evidence.configs.push({
          gateway: host,
          atUs: takenUs,
          config,
          epoch,
          revision,
          ...(isKept ? { isKept } : {}),
        });
        return;
      }
      case 'readiness':
        notReady = told.reason;
        evidence.readiness.push({ gateway: host, life, atUs, reason: told.reason });
        return;
      case 'accept':
        accepts.set(`${told.worker} ${told.end}`, told.origin);
        evidence.accepts.push({ host: workerHost(told.worker), origin: told.origin, atUs });
        return;
      case 'dial': {
        const { address, port, localPort, fromUs } = told;
        const dial = { host: workerHost(told.worker), address, port, atUs: fromUs, localPort, goneUs: -1 };
        dials.set(`${told.worker} ${told.end}`, dial);
        evidence.dials.push(dial);
        return;
      }
      case 'gone': {
        const key = `${told.worker} ${told.end}`;
        const dial = dials.get(key);
        if (dial !== undefined) dial.goneUs = atUs;
        dials.delete(key);
        accepts.delete(key);
        return;
      }
      case 'name': {
        const { name, type, askedUs, answer } = told;
        evidence.names.push(nameRecord({ host, name, type, askedUs, toldUs: atUs }, answer));
        return;
      }
      case 'push': {
        const { method, sentUs, status } = told;
        evidence.pushes.push({ host, life, gateway: host, method, sentUs, endUs: atUs, status });
      }
    }
  };
  const read = (): void => {
    for (;;) {
      const count = readSync(input, buffer, 0, chunkBytes, offset);
      if (count === 0) return;
      offset += count;
      const bytes = Buffer.concat([rest, buffer.subarray(0, count)]);
      const last = bytes.lastIndexOf(10);
      rest = bytes.subarray(last + 1);
      for (const line of bytes.toString('utf8', 0, Math.max(0, last)).split('\n'))
        if (line !== '') take(JSON.parse(line) as Observation);
    }
  };
  return {
    get notReady() {
      return notReady;
    },
    read,
    close(atUs) {
      read();
      closeSync(input);
      for (const worker of workers) lives.end(worker, atUs);
      for (const dial of dials.values()) dial.goneUs = atUs;
      dials.clear();
      accepts.clear();
    },
    open(worker) {
      const isOwn = ([key]: readonly [string, unknown]): boolean => key.startsWith(`${worker} `);
      return {
        accepted: [...accepts].filter(isOwn).length,
        opened: [...dials].filter(isOwn).map(([, { address, port }]) => `${address}:${port}`),
      };
    },
  };
}

/** A worker that swaps has the config from its main thread, which may say so a moment later. */
export function putConfigsBeforeSwaps({ configs, swaps, lives }: Evidence): void {
  for (const [index, record] of configs.entries()) {
    const { gateway, atUs, config } = record;
    const before = configs.findLast(
      (other, at) => at < index && other.gateway === gateway && other.atUs < atUs,
    );
    const born = lives.findLast((life) => life.host === gateway && life.what === 'start' && life.atUs < atUs);
    const earliestUs = Math.max(before?.atUs ?? -1, born?.atUs ?? -1);
    const first = swaps.find(
      (swap) => swap.gateway === gateway && swap.configId === config.id && swap.atUs > earliestUs,
    );
    if (first !== undefined && first.atUs < atUs) configs[index] = { ...record, atUs: first.atUs };
  }
}
