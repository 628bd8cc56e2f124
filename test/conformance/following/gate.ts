// The line between our reflector and the API server in virtual time: in front of the API server's handler, inside its host.
import type { HttpHandler, HttpReply } from '../../../src/ports/http.ts';
import { createErrorCount, type Line, noSeen, type Seen, tornPart, watchedKind } from './line.ts';
import { type KindName, kindNames } from './script.ts';

interface Track {
  readonly seen: Seen;
  /** Open watches: each can be cut off. */
  readonly open: Set<() => void>;
  readonly waiting: (() => void)[];
  held: boolean;
  tearing: boolean;
}

/** The reply that the API server is given for a watch. */
function watchedReply(track: Track, reply: HttpReply): HttpReply {
  const errorsIn = createErrorCount();
  const cut = (): void => {
    track.open.delete(cut);
    reply.abort();
    watched.onGone?.();
  };
  const watched: HttpReply = {
    head(status, headers) {
      if (status === 200) track.open.add(cut);
      else if (status === 410) track.seen.status410++;
      reply.head(status, headers);
    },
    write(given) {
      const bytes = Buffer.from(given);
      if (!track.tearing) {
        track.seen.errorEvents += errorsIn(bytes);
        return reply.write(bytes);
      }
      track.tearing = false;
      track.seen.torn++;
      reply.write(tornPart(bytes));
      cut();
      return true;
    },
    end(bytes) {
      if (track.open.delete(cut)) track.seen.ends++;
      reply.end(bytes);
    },
    abort: cut,
    onGone: null,
    onDrain: null,
  };
  reply.onGone = () => {
    track.open.delete(cut);
    watched.onGone?.();
  };
  reply.onDrain = () => watched.onDrain?.();
  return watched;
}

export function createGate(next: HttpHandler): Line & { readonly handler: HttpHandler } {
  const tracks = Object.fromEntries(
    kindNames.map((kind): [KindName, Track] => [
      kind,
      { seen: noSeen(), open: new Set(), waiting: [], held: false, tearing: false },
    ]),
  ) as Record<KindName, Track>;
  return {
    handler(request, reply) {
      const kind = watchedKind(request.path);
      if (kind === null) return next(request, reply);
      const track = tracks[kind];
      const go = (): void => next(request, watchedReply(track, reply));
      if (track.held) track.waiting.push(go);
      else go();
    },
    seen: (kind) => tracks[kind].seen,
    open: (kind) => tracks[kind].open.size,
    waiting: (kind) => tracks[kind].waiting.length,
    hold(kind) {
      tracks[kind].held = true;
    },
    release(kind) {
      tracks[kind].held = false;
      for (const go of tracks[kind].waiting.splice(0)) go();
    },
    reset(kind) {
      for (const cut of [...tracks[kind].open]) {
        tracks[kind].seen.resets++;
        cut();
      }
    },
    tear(kind) {
      tracks[kind].tearing = true;
    },
  };
}
