// The config that was served last, kept on disk: a gateway that starts while nobody can tell it anything goes on with it.
import { fail, ok, type Result } from '../../base/result.ts';
import type { GatewayConfig } from '../../kong/config.ts';
import { decodeDeclarative } from '../../kong/decode.ts';
import { entityTypes } from '../../kong/entity.ts';
import type { RouterFlavor } from '../../kong/router-flavor.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Storage } from '../../ports/storage.ts';
import type { ApplyMeta, Provenance } from './staleness.ts';

const fileName = 'last-good-config.json';
const formatVersion = 1;
/** A burst of changes is written once; what a crash loses of it the controller tells again. */
const writeEveryMs = 1_000;
/** Writing takes at most one part in so many of the main thread's time. */
const shareOfTime = 20;
/** Entities that are written in one go; 5 ms. */
const sliceEntities = 200;

export interface KeptConfig {
  readonly config: GatewayConfig;
  /** Who it came from, and what they had seen: an older view of the cluster does not replace it after a start either. */
  readonly meta: ApplyMeta;
}

export interface Keeper {
  /** All workers serve it. */
  note(config: GatewayConfig, provenance: Provenance): void;
  /** Writes what is not written yet. */
  stop(): void;
}

/** The file in pieces, as a large config takes a second. The order of entities means nothing. */
function* piecesOf(config: GatewayConfig, { epoch, revision, changes }: Provenance): Generator<string> {
  const seen = Object.fromEntries([...changes].map(([kind, version]) => [kind, String(version)]));
  const head = JSON.stringify({ format: formatVersion, id: config.id, epoch, revision, changes: seen });
  yield `${head.slice(0, -1)},"config":{"_format_version":"3.0","_transform":false`;
  for (const type of entityTypes) {
    const entities = [...config.entities[type].values()];
    if (entities.length === 0) continue;
    yield `,"${type}":[`;
    for (let from = 0; from < entities.length; from += sliceEntities) {
      const text = JSON.stringify(entities.slice(from, from + sliceEntities));
      yield `${from === 0 ? '' : ','}${text.slice(1, -1)}`;
    }
    yield ']';
  }
  yield '}}\n';
}

interface KeptDocument {
  readonly format?: unknown;
  readonly id?: unknown;
  readonly epoch?: number | null;
  readonly revision?: string | null;
  readonly changes?: Readonly<Record<string, string>>;
  readonly config?: unknown;
}

/** null where nothing is kept; a sentence where it cannot be used. */
export function readKept(storage: Storage, flavor?: RouterFlavor): Result<KeptConfig | null> {
  const bytes = storage.read(fileName);
  if (bytes === null) return ok(null);
  let document: KeptDocument;
  try {
    document = JSON.parse(bytes.toString('utf8')) as KeptDocument;
  } catch {
    return fail(`${fileName} is no JSON`);
  }
  if (document?.format !== formatVersion) return fail(`${fileName} is of another version`);
  const config = decodeDeclarative(document.config, flavor);
  if (!config.ok) return fail(`${fileName}: ${config.error[0]?.field}: ${config.error[0]?.message}`);
  // Also of half a file, and of one that another version reads differently.
  if (config.value.id !== document.id)
    return fail(`${fileName} reads as config ${config.value.id}, not as ${String(document.id)}`);
  const { epoch = null, revision = null, changes = {} } = document;
  const meta = { epoch, revision, changes: JSON.stringify(changes), isReset: false };
  return ok({ config: config.value, meta });
}

interface Noted {
  readonly config: GatewayConfig;
  readonly provenance: Provenance;
}

interface Writing {
  readonly configId: string;
  readonly pieces: Generator<string>;
  readonly written: string[];
  busyUs: number;
}

export function createKeeper(clock: Clock, log: Log, storage: Storage): Keeper {
  let waiting: Noted | null = null;
  let writing: Writing | null = null;
  let timer: Timer | null = null;
  let writtenId = '';
  let restMs = writeEveryMs;

  const finish = ({ configId, written, busyUs }: Writing): void => {
    writing = null;
    restMs = Math.max(writeEveryMs, (busyUs / 1000) * shareOfTime);
    try {
      storage.write(fileName, Buffer.from(written.join('')));
      writtenId = configId;
    } catch (error) {
      // A full disk takes nothing from whoever is served; the next change is tried again.
      log.error('the last good configuration cannot be written', { error: (error as Error).message });
    }
    if (waiting !== null) timer = clock.after(restMs, begin);
  };
  /** One piece; false when there is none left. */
  const step = (job: Writing): boolean => {
    const fromUs = clock.monotonicUs();
    const next = job.pieces.next();
    job.busyUs += clock.monotonicUs() - fromUs;
    if (next.done === true) {
      finish(job);
      return false;
    }
    job.written.push(next.value);
    return true;
  };
  const goOn = (): void => {
    timer = null;
    if (writing !== null && step(writing)) timer = clock.after(0, goOn);
  };
  const begin = (): void => {
    timer = null;
    if (waiting === null) return;
    const { config, provenance } = waiting;
    waiting = null;
    writing = { configId: config.id, pieces: piecesOf(config, provenance), written: [], busyUs: 0 };
    goOn();
  };
  /** All that is left of it, without a pause. */
  const complete = (): void => {
    for (let job = writing; job !== null && step(job); job = writing);
  };
  return {
    note(config, provenance) {
      if (waiting === null && writing === null && config.id === writtenId) return;
      waiting = { config, provenance };
      if (writing === null) timer ??= clock.after(restMs, begin);
    },
    stop() {
      complete();
      begin();
      complete();
      timer?.cancel();
      timer = null;
    },
  };
}
