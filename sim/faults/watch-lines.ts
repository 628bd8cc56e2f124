// Faults of what a watch says: superseded events that are never seen, and events that are seen twice.

import type { Timer } from '../../src/ports/clock.ts';
import type { HttpReplyHandler } from '../../src/ports/http.ts';
import type { CallFacts, Forward } from '../world/calls.ts';
import { type Fault, pick, type Stage } from './fault.ts';
import { controllerHosts } from './hosts.ts';
import { endWatches, inLines, isTargets, standInTheWay } from './in-the-way.ts';
import { aimBeforeReplacement } from './replacements.ts';

interface Line {
  readonly type: string;
  /** null: belongs to no object. */
  readonly key: string | null;
  readonly object: unknown;
  readonly bytes: Buffer;
}

function readLine(bytes: Buffer): Line {
  const { type, object } = JSON.parse(bytes.toString('utf8')) as {
    readonly type: string;
    readonly object: { readonly metadata?: { readonly namespace?: string; readonly name?: string } };
  };
  const { namespace, name } = object.metadata ?? {};
  const isEvent = type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED';
  return { type, key: isEvent ? `${namespace ?? ''}/${name}` : null, object, bytes };
}

interface Told {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly resourceVersion?: string };
}

/** How far one has seen who was shown nothing of the last event. */
function bookmarkOf({ object }: Line): Buffer {
  const { apiVersion, kind, metadata } = object as Told;
  const { resourceVersion } = metadata ?? {};
  const bookmark = { type: 'BOOKMARK', object: { apiVersion, kind, metadata: { resourceVersion } } };
  return Buffer.from(`${JSON.stringify(bookmark)}\n`);
}

/** The last event of each object, as somebody would see it who did not see the others. */
function lastOfEach(lines: readonly Line[]): readonly Buffer[] {
  const first: Map<string, string> = new Map();
  const last: Map<string, Line> = new Map();
  for (const line of lines) {
    if (line.key === null) continue;
    if (!first.has(line.key)) first.set(line.key, line.type);
    last.set(line.key, line);
  }
  return lines.flatMap((line, index) => {
    if (line.key === null) return [line.bytes];
    if (last.get(line.key) !== line) return [];
    const wasThere = first.get(line.key) !== 'ADDED';
    // What came and went was never there; but its version has been passed.
    if (line.type === 'DELETED' && !wasThere) return index === lines.length - 1 ? [bookmarkOf(line)] : [];
    if (line.type === 'DELETED') return [line.bytes];
    const type = wasThere ? 'MODIFIED' : 'ADDED';
    if (type === line.type) return [line.bytes];
    return [Buffer.from(`${JSON.stringify({ type, object: line.object })}\n`)];
  });
}

/** What lets held lines through, and the clock of the process that they are for. */
type Flushes = Map<() => void, CallFacts['clock']>;

/** Collects lines for a while (parameter windowMs), then lets the last of each object through. */
function merging(stage: Stage, facts: CallFacts, next: Forward, flushes: Flushes): Forward {
  const windowMs = Number(stage.entry.parameters['windowMs']);
  return (request, handler) => {
    let held: Line[] = [];
    let timer: Timer | null = null;
    const flush = (): void => {
      timer?.cancel();
      timer = null;
      const passed = lastOfEach(held);
      held = [];
      if (passed.length > 0) handler.onData(Buffer.concat(passed));
    };
    flushes.set(flush, facts.clock);
    const onLine = (bytes: Buffer): void => {
      if (!flushes.has(flush)) {
        handler.onData(bytes);
        return;
      }
      stage.record.hits++;
      held.push(readLine(bytes));
      timer ??= facts.clock.after(windowMs, flush);
    };
    const call = next(
      request,
      inLines(handler, onLine, () => {
        flush();
        flushes.delete(flush);
      }),
    );
    return {
      cancel() {
        flushes.delete(flush);
        timer?.cancel();
        call.cancel();
      },
    };
  };
}

/** From now on watches that match say everything late, and only what is still so; the returned call ends it. */
export function mergeEvents(stage: Stage, matches: (facts: CallFacts) => boolean): () => void {
  const flushes: Flushes = new Map();
  const end = standInTheWay(stage.world, {
    matches: (facts) => facts.isWatch && matches(facts),
    wrap: (facts, next) => merging(stage, facts, next, flushes),
  });
  stage.record.hits += endWatches(stage.world, 'close');
  return () => {
    end();
    // By each process's own clock: who has died or hung up meanwhile hears nothing more.
    for (const [flush, clock] of flushes)
      clock.after(0, () => {
        if (flushes.delete(flush)) flush();
      });
  };
}

const unseenEvents: Fault = {
  id: 'C02',
  name: 'unseen-events',
  summary: 'Events that a newer one of the same object supersedes are never seen.',
  harms: ['control'],
  lastsMsMax: 10_000,
  aim(draw, shape, plan) {
    const windowMs = pick([50, 300, 1_500], draw('window', 64));
    const atMs = draw('aim', 4) === 0 ? null : aimBeforeReplacement(draw, plan, windowMs);
    return {
      target: pick(['', ...controllerHosts(shape)], draw('target', 64)),
      parameters: { windowMs },
      ...(atMs === null ? {} : { atMs }),
    };
  },
  begin: (stage) => mergeEvents(stage, (facts) => isTargets(stage, facts)),
};

const doubledEvents: Fault = {
  id: 'C16',
  name: 'doubled-events',
  summary: 'Every event of a watch is seen twice.',
  harms: ['control'],
  lastsMsMax: 10_000,
  aim: (draw, shape) => ({
    target: pick(['', ...controllerHosts(shape)], draw('target', 64)),
    parameters: {},
  }),
  begin(stage) {
    let over = false;
    const twice = (handler: HttpReplyHandler): HttpReplyHandler =>
      inLines(
        handler,
        (bytes) => {
          handler.onData(bytes);
          if (over || readLine(bytes).key === null) return;
          stage.record.hits++;
          handler.onData(bytes);
        },
        () => undefined,
      );
    const end = standInTheWay(stage.world, {
      matches: (facts) => isTargets(stage, facts) && facts.isWatch,
      wrap: (_facts, next) => (request, handler) => next(request, twice(handler)),
    });
    stage.record.hits += endWatches(stage.world, 'close');
    return () => {
      over = true;
      end();
    };
  },
};

export const watchLineFaults: readonly Fault[] = [unseenEvents, doubledEvents];
