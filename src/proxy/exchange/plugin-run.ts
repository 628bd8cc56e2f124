// A request's way through the plugins of its route: access one after the other, which may answer, wait or ask for the body, then
// the header filters, the transformations of bodies and the log. Reused with its exchange.
import type { PluginSlot } from '../compile/compiled.ts';
import { instanceOf } from '../compile/instance-of.ts';
import type { PluginInstance } from '../plugins/plugin.ts';
import type { BodyFilter, ExitReply, PhaseResult } from './context.ts';
import { phaseDone, phaseExit, phaseWait } from './context.ts';
import type { Exchange } from './exchange.ts';
import { exits } from './exits.ts';

const emptyBytes = Buffer.alloc(0);

const noSlots: readonly PluginSlot[] = [];

interface BodyReader {
  readonly bytesMax: number;
  readonly take: (body: Buffer) => PhaseResult;
}

export class PluginRun {
  slots: readonly PluginSlot[] = noSlots;
  /** A plugin's access has not come to an end; it will call `resume`. */
  isWaiting = false;
  private slotIndex = 0;
  private pendingExit: ExitReply | null = null;
  /** A plugin's access goes on when the body is complete. */
  private bodyReader: BodyReader | null = null;
  private readonly exchange: Exchange;

  constructor(exchange: Exchange) {
    this.exchange = exchange;
  }

  begin(): void {
    this.slots = noSlots;
    this.slotIndex = 0;
    this.pendingExit = null;
    this.stopWaiting();
  }

  /** The request has been answered, or nobody wants the answer any more. */
  stopWaiting(): void {
    this.isWaiting = false;
    this.bodyReader = null;
  }

  /** Access: from the current slot on, until all are done or one exits or waits. */
  access(bytes: Buffer, start: number, end: number): void {
    const { slots, exchange } = this;
    while (this.slotIndex < slots.length) {
      const instance = instanceOf(slots[this.slotIndex++]!, exchange.consumer);
      if (instance?.access === undefined) continue;
      const result = this.accessOne(instance);
      if (result === phaseDone) continue;
      if (result !== phaseWait) return;
      if (this.bodyReader === null) {
        this.isWaiting = true;
        exchange.forward.hold(bytes, start, end);
      } else exchange.forward.gather(bytes, start, end, this.bodyReader.bytesMax);
      return;
    }
    exchange.proxy(bytes, start, end);
  }

  /** When it exits or fails, the request has been answered. */
  private accessOne(instance: PluginInstance): PhaseResult {
    let result: PhaseResult;
    try {
      result = instance.access!(this.exchange);
    } catch (error) {
      return this.accessFailed(error);
    }
    if (result === phaseExit) this.takeExit();
    return result;
  }

  private accessFailed(error: unknown): PhaseResult {
    this.failed(this.slots[this.slotIndex - 1]!.name, 'access', error);
    this.exchange.fail(exits.pluginFailed);
    return phaseExit;
  }

  /** Of the plugin whose access is running. */
  readBody(bytesMax: number, take: (body: Buffer) => PhaseResult): PhaseResult {
    if (!this.exchange.forward.hasBody()) return take(emptyBytes);
    this.bodyReader = { bytesMax, take };
    return phaseWait;
  }

  /** The whole body is there: for the plugin that waits for it, or to be transformed and sent. */
  bodyGathered(body: Buffer): void {
    const reader = this.bodyReader;
    this.bodyReader = null;
    if (reader !== null) {
      let result: PhaseResult;
      try {
        result = reader.take(body);
      } catch (error) {
        this.accessFailed(error);
        return;
      }
      if (result === phaseExit) this.takeExit();
      if (result !== phaseDone) return;
    }
    this.access(body, 0, body.length);
  }

  /** What the running plugin wants said instead of an upstream's answer. */
  exit(reply: ExitReply): void {
    this.pendingExit = reply;
  }

  resume(): void {
    const { exchange } = this;
    if (!this.isWaiting || !exchange.isActive) return;
    this.isWaiting = false;
    exchange.forward.sentUs = exchange.engine.deadlines.touch();
    if (this.pendingExit !== null) {
      this.takeExit();
      return;
    }
    const held = exchange.forward.takeHeld();
    this.access(held, 0, held.length);
  }

  /** One plugin's step over the collected body; null: the request has been answered instead. */
  transformBody(step: (body: Buffer) => Buffer, body: Buffer): Buffer | null {
    let next: Buffer;
    try {
      next = step(body);
    } catch (error) {
      this.failed('', 'body', error);
      this.exchange.fail(exits.pluginFailed);
      return null;
    }
    if (this.pendingExit === null) return next;
    this.takeExit();
    return null;
  }

  private takeExit(): void {
    const { exchange } = this;
    exchange.exitReason = 'plugin';
    exchange.reply(this.pendingExit ?? { status: 500, body: { message: exits.pluginFailed.message } });
  }

  /** Header filters in order; the body filters that they ask for, or null. */
  filterHeader(): BodyFilter[] | null {
    const { slots, exchange } = this;
    let filters: BodyFilter[] | null = null;
    let logs = false;
    for (let i = 0; i < slots.length; i++) {
      const instance = instanceOf(slots[i]!, exchange.consumer);
      if (instance === null) continue;
      try {
        instance.headerFilter?.(exchange);
        const filter = instance.bodyFilter?.(exchange) ?? null;
        if (filter !== null) {
          filters ??= [];
          filters.push(filter);
        }
        if (instance.log !== undefined) logs = true;
      } catch (error) {
        this.failed(slots[i]!.name, 'header_filter', error);
      }
    }
    if (logs) exchange.response.detach();
    return filters;
  }

  log(): void {
    const { slots, exchange } = this;
    for (let i = 0; i < slots.length; i++) {
      try {
        instanceOf(slots[i]!, exchange.consumer)?.log?.(exchange);
      } catch (error) {
        this.failed(slots[i]!.name, 'log', error);
      }
    }
  }

  private failed(name: string, phase: string, error: unknown): void {
    const { engine, route } = this.exchange;
    engine.log.error('a plugin failed', {
      plugin: name,
      phase,
      route: route?.name,
      error: error instanceof Error ? error.message : String(error),
    });
  }
}
