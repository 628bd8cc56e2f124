// The config that was served last, kept on disk: a gateway that starts while nobody can tell it anything goes on with it.
import { fail, ok, type Result } from '../../base/result.ts';
import type { GatewayConfig } from '../../kong/config.ts';
import { decodeDeclarative } from '../../kong/decode.ts';
import { encodeDeclarative } from '../../kong/encode.ts';
import type { RouterFlavor } from '../../kong/router-flavor.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Storage } from '../../ports/storage.ts';
import type { ApplyMeta, Provenance } from './staleness.ts';

const fileName = 'last-good-config.json';
const formatVersion = 1;
/** A burst of changes is written once; what a crash loses of it the controller tells again. */
const writeEveryMs = 1_000;

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

function textOf(config: GatewayConfig, { epoch, revision, changes }: Provenance): string {
  const seen = Object.fromEntries([...changes].map(([kind, version]) => [kind, String(version)]));
  return `${JSON.stringify({ format: formatVersion, id: config.id, epoch, revision, changes: seen, config: encodeDeclarative(config) })}\n`;
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

export function createKeeper(clock: Clock, log: Log, storage: Storage): Keeper {
  let waiting: { readonly config: GatewayConfig; readonly provenance: Provenance } | null = null;
  let timer: Timer | null = null;
  let writtenId = '';
  const write = (): void => {
    timer?.cancel();
    timer = null;
    if (waiting === null) return;
    const { config, provenance } = waiting;
    waiting = null;
    try {
      storage.write(fileName, Buffer.from(textOf(config, provenance)));
      writtenId = config.id;
    } catch (error) {
      // A full disk takes nothing from whoever is served; the next change is tried again.
      log.error('the last good configuration cannot be written', { error: (error as Error).message });
    }
  };
  return {
    note(config, provenance) {
      if (waiting === null && config.id === writtenId) return;
      waiting = { config, provenance };
      timer ??= clock.after(writeEveryMs, write);
    },
    stop: write,
  };
}
