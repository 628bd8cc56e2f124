// rate-limiting with local counters: so many requests per caller and calendar window, counted over all workers.
import { fnv1a } from '../../../base/hash.ts';
import type { Plugin } from '../../../kong/entity.ts';
import { type AccessContext, type PhaseResult, phaseDone, phaseExit } from '../../exchange/context.ts';
import type { PluginHandler, PluginHost } from '../plugin.ts';
import { refuse } from '../refusal.ts';
import { CounterTable } from './counter-table.ts';
import { nominalSeconds, type Period, periods, type Window, windowAt } from './windows.ts';

type RateLimitingConfig = {
  readonly [period in Period]?: number | null;
} & {
  readonly limit_by: 'consumer' | 'credential' | 'ip' | 'service' | 'header' | 'path';
  readonly header_name: string | null;
  readonly path: string | null;
  readonly hide_client_headers: boolean;
  readonly error_code: number;
  readonly error_message: string;
};

/** One configured window with everything that can be prepared; the current window is renewed when it is over. */
interface Limit {
  readonly period: Period;
  readonly limit: number;
  readonly limitText: string;
  readonly seedA: number;
  readonly seedB: number;
  readonly limitHeader: string;
  readonly remainingHeader: string;
  window: Window;
  /** Scratch of one request: hashes and what is left. Valid only within `access`. */
  hashA: number;
  hashB: number;
  remaining: number;
}

function createLimit(plugin: Plugin, period: Period, limit: number): Limit {
  const label = period[0]!.toUpperCase() + period.slice(1);
  const key = `${plugin.id}:${period}:`;
  return {
    period,
    limit,
    limitText: String(limit),
    seedA: fnv1a(key),
    seedB: fnv1a(key, 0x9747b28c),
    limitHeader: `X-RateLimit-Limit-${label}`,
    remainingHeader: `X-RateLimit-Remaining-${label}`,
    window: { startMs: 0, endMs: 0 },
    hashA: 0,
    hashB: 0,
    remaining: 0,
  };
}

class RateLimiting {
  readonly #config: RateLimitingConfig;
  readonly #limits: readonly Limit[];
  readonly #counters: CounterTable;

  constructor(plugin: Plugin, host: PluginHost) {
    this.#config = plugin.config as unknown as RateLimitingConfig;
    const limits: Limit[] = [];
    for (const period of periods) {
      const limit = this.#config[period];
      if (limit !== null && limit !== undefined) limits.push(createLimit(plugin, period, limit));
    }
    this.#limits = limits;
    this.#counters = new CounterTable(host.shared.counters);
  }

  access(context: AccessContext): PhaseResult {
    const limits = this.#limits;
    if (limits.length === 0) return phaseDone;
    const identifier = this.#identifier(context);
    const { wallMs } = context;
    let stop: Limit | null = null;
    let taken = 0;
    for (const limit of limits) {
      if (wallMs >= limit.window.endMs || wallMs < limit.window.startMs)
        limit.window = windowAt(limit.period, wallMs);
      limit.hashA = fnv1a(identifier, limit.seedA);
      limit.hashB = fnv1a(identifier, limit.seedB);
      const before = this.#counters.take(
        limit.hashA,
        limit.hashB,
        wallMs,
        limit.window.endMs,
        stop === null ? limit.limit : 0,
      );
      if (before >= limit.limit) stop = limit;
      else if (stop === null) taken++;
      limit.remaining = Math.max(0, Math.ceil(limit.limit - before) - (stop === null ? 1 : 0));
    }
    if (stop !== null) this.#undo(taken, wallMs);
    return this.#answer(context, stop);
  }

  /** Refused by one window: the windows before it must not count. */
  #undo(taken: number, wallMs: number): void {
    for (let i = 0; i < taken; i++) {
      const limit = this.#limits[i]!;
      this.#counters.giveBack(limit.hashA, limit.hashB, wallMs, limit.window.endMs);
      limit.remaining++;
    }
  }

  #answer(context: AccessContext, stop: Limit | null): PhaseResult {
    const config = this.#config;
    if (stop === null && config.hide_client_headers) return phaseDone;
    let tightest = this.#limits[0]!;
    for (const limit of this.#limits) {
      // The limits run from short to long windows: on equal remainders the longer one is told.
      if (limit.remaining <= tightest.remaining) tightest = limit;
    }
    const elapsedSeconds = Math.floor((context.wallMs - tightest.window.startMs) / 1000);
    const reset = String(Math.max(1, nominalSeconds[tightest.period] - elapsedSeconds));
    if (!config.hide_client_headers) {
      for (const limit of this.#limits) {
        context.addResponseHeader(limit.limitHeader, limit.limitText);
        context.addResponseHeader(limit.remainingHeader, String(limit.remaining));
      }
      context.addResponseHeader('RateLimit-Limit', tightest.limitText);
      context.addResponseHeader('RateLimit-Remaining', String(tightest.remaining));
      context.addResponseHeader('RateLimit-Reset', reset);
    }
    if (stop === null) return phaseDone;
    const headers = config.hide_client_headers ? undefined : { 'Retry-After': reset };
    refuse(context, config.error_code, config.error_message, headers);
    return phaseExit;
  }

  /** Whoever is not known by the configured trait is known by address. */
  #identifier(context: AccessContext): string {
    const config = this.#config;
    const address = context.request.clientAddress;
    switch (config.limit_by) {
      case 'consumer':
        return context.consumer?.id ?? (context.credentialId === '' ? address : context.credentialId);
      case 'credential':
        return context.credentialId === '' ? address : context.credentialId;
      case 'service':
        return context.service?.id ?? address;
      case 'header':
        return config.header_name
          ? (context.request.header(config.header_name.toLowerCase()) ?? address)
          : address;
      case 'path':
        // As routes see it: other ways to write a path would else have counts of their own.
        return context.normalPath === config.path ? context.normalPath : address;
      default:
        return address;
    }
  }
}

export const rateLimitingHandler: PluginHandler = {
  name: 'rate-limiting',
  priority: 910,
  prepare(plugin, host) {
    return new RateLimiting(plugin, host);
  },
};
