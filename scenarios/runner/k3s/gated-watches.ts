// The watches that go through the gates of a run: they can be ended in every way in which watches end, and what they say can
// come late. What an API server can be asked for in virtual time is done here on its way to the controller.
import type { WatchEnd } from '../../../sim/cluster/api/watch.ts';
import { failures, statusDocument } from '../../../sim/cluster/failure.ts';
import { inLines } from '../../../sim/faults/in-the-way.ts';
import type { CallFacts, Disturbance } from '../../../sim/world/calls.ts';
import type { HttpReplyHandler } from '../../../src/ports/http.ts';

/** 'ingresses.networking.k8s.io' of '/apis/networking.k8s.io/v1/namespaces/shop/ingresses?watch=true' */
export function resourceOfPath(path: string): string {
  const [, root, ...rest] = path.split('?', 1)[0]!.split('/');
  const [group, parts] = root === 'apis' ? [rest[0]!, rest.slice(2)] : ['', rest.slice(1)];
  const plural = parts[0] === 'namespaces' && parts.length > 2 ? parts[2]! : (parts[0] ?? '');
  return group === '' ? plural : `${plural}.${group}`;
}

/** A watch that is told so reads everything anew. */
export const goneLine = (): Buffer =>
  Buffer.from(`${JSON.stringify({ type: 'ERROR', object: statusDocument(failures.listExpired()) })}\n`);

const tornLine = Buffer.from('{"type":"MODIFIED","object":{"kind":"Ing');

class GatedWatch {
  readonly resource: string;
  private readonly facts: CallFacts;
  private readonly handler: HttpReplyHandler;
  private readonly lateMs: () => number;
  private held: { readonly bytes: Buffer }[] = [];
  private isOver = false;
  /** Set once the call is under way. */
  cancel: () => void = () => undefined;

  constructor(facts: CallFacts, handler: HttpReplyHandler, lateMsOf: (resource: string) => number) {
    this.facts = facts;
    this.handler = handler;
    this.resource = resourceOfPath(facts.path);
    this.lateMs = () => lateMsOf(this.resource);
  }

  hearer(onOver: () => void): HttpReplyHandler {
    const told: HttpReplyHandler = {
      onHead: (status, headers) => this.pass(() => this.handler.onHead(status, headers)),
      onData: (bytes) => this.pass(() => this.handler.onData(bytes)),
      onEnd: (error) =>
        this.pass(() => {
          this.isOver = true;
          this.handler.onEnd(error);
        }),
    };
    const over = (): void => {
      this.flush();
      onOver();
    };
    return inLines(told, (line) => this.line(line), over);
  }

  private pass(run: () => void): void {
    if (!this.isOver) run();
  }

  private line(bytes: Buffer): void {
    const lateMs = this.lateMs();
    if (lateMs === 0 && this.held.length === 0) {
      this.pass(() => this.handler.onData(bytes));
      return;
    }
    const late = { bytes };
    this.held.push(late);
    this.facts.clock.after(lateMs, () => this.flush(this.held.indexOf(late) + 1));
  }

  /** The first ones that wait; all where nothing is said. */
  flush(count = this.held.length): void {
    for (const { bytes } of this.held.splice(0, count)) this.pass(() => this.handler.onData(bytes));
  }

  end(how: WatchEnd): void {
    if (this.isOver) return;
    this.isOver = true;
    this.cancel();
    if (how === 'silent') return;
    if (how === 'gone') this.handler.onData(goneLine());
    if (how === 'torn') this.handler.onData(tornLine);
    this.handler.onEnd(how === 'close' || how === 'gone' ? null : 'ECONNRESET');
  }
}

export interface GatedWatches {
  /** Has to stand in the way of all calls, before any fault does. */
  readonly disturbance: Disturbance;
  /** Ends open watches of a kind, '' = of all; says how many. */
  end(how: WatchEnd, resource: string): number;
  /** What watches of a kind say comes so much later, '' = of all, until the returned call. */
  delay(resource: string, extraMs: number): () => void;
}

export function createGatedWatches(): GatedWatches {
  const open: Set<GatedWatch> = new Set();
  const delays: Set<{ readonly resource: string; readonly extraMs: number }> = new Set();
  const isMeant = (wanted: string, resource: string): boolean => wanted === '' || wanted === resource;
  const lateMsOf = (resource: string): number =>
    [...delays].reduce((sum, one) => sum + (isMeant(one.resource, resource) ? one.extraMs : 0), 0);
  return {
    disturbance: {
      matches: ({ server, isWatch }) => server === 'api' && isWatch,
      wrap: (facts, next) => (request, handler) => {
        const watch = new GatedWatch(facts, handler, lateMsOf);
        open.add(watch);
        const call = next(
          request,
          watch.hearer(() => open.delete(watch)),
        );
        watch.cancel = () => {
          open.delete(watch);
          call.cancel();
        };
        return { cancel: watch.cancel };
      },
    },
    end(how, resource) {
      const meant = [...open].filter((watch) => isMeant(resource, watch.resource));
      for (const watch of meant) watch.end(how);
      return meant.length;
    },
    delay(resource, extraMs) {
      const delay = { resource, extraMs };
      delays.add(delay);
      return () => {
        delays.delete(delay);
        for (const watch of open) if (isMeant(resource, watch.resource)) watch.flush();
      };
    },
  };
}
