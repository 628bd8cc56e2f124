// What a plugin's handler is. Its schema (fields, defaults, checks) lives in src/kong/plugins/<name>.ts.
import type { Plugin } from '../../kong/entity.ts';
import type { SharedMemory } from '../../ports/shared.ts';
import type {
  AccessContext,
  BodyFilter,
  HeaderFilterContext,
  LogContext,
  PhaseResult,
} from '../exchange/context.ts';

/** What a handler may keep beyond one request. */
export interface PluginHost {
  readonly shared: SharedMemory;
}

/** One configured plugin, ready to run: made once when tables are compiled. */
export interface PluginInstance {
  access?(context: AccessContext): PhaseResult;
  headerFilter?(context: HeaderFilterContext): void;
  /** Called after headerFilter; null: this response's body passes untouched. */
  bodyFilter?(context: HeaderFilterContext): BodyFilter | null;
  log?(context: LogContext): void;
}

export interface PluginHandler {
  readonly name: string;
  /** Kong's PRIORITY, as data; the run order it gives is pinned in order.ts. */
  readonly priority: number;
  /** `plugin.config` has been checked and filled by the schema. */
  prepare(plugin: Plugin, host: PluginHost): PluginInstance;
}
