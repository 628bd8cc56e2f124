// Defects of following the API server: lists, watches, bookmarks, and what is kept of them.
import type { Canary } from './canary.ts';

export const watchCanaries: readonly Canary[] = [
  {
    name: 'relist-skips-deletes',
    property: 'P50',
    summary: 'After a new list, objects that are missing from it are kept.',
    file: 'src/store/store.ts',
    find: 'for (const key of [...state.stored.keys()]) if (!kept.has(key) && put(state, key, null)) changed = true;',
    replace: '',
  },
  {
    name: 'bookmark-jumps-ahead',
    property: 'P30',
    summary: 'A bookmark moves the point of resuming beyond what was seen.',
    file: 'src/watch/reflector.ts',
    find: `  if (event.type === 'bookmark') {
    self.status.bookmarks++;`,
    replace: `  if (event.type === 'bookmark') {
    self.status.bookmarks++;
    self.status.revision = String(Number(event.revision) + 25);`,
  },
  {
    name: 'partial-list-is-whole',
    property: 'P27',
    summary: 'A list that fails between two pages is taken for the whole.',
    file: 'src/watch/page.ts',
    find: 'if (reply.error !== null || reply.status !== 200) return done(failureOfReply(reply), null);',
    replace: `if (reply.error !== null || reply.status !== 200) {
          if (objects.length === 0) return done(failureOfReply(reply), null);
          const newest = Math.max(...objects.map(({ metadata }) => Number(metadata.resourceVersion)));
          return done(null, { objects, revision: String(newest) });
        }`,
  },
  {
    name: 'half-open-watch-unnoticed',
    property: 'P49',
    summary: 'A watch on which nothing comes any more is waited on for ever.',
    file: 'src/watch/stream.ts',
    find: "if (quietMs >= limits.idleTimeoutMs) finish({ type: 'silent' });\n      else armIdle(Math.ceil(limits.idleTimeoutMs - quietMs));",
    replace: 'armIdle(Math.max(1_000, Math.ceil(limits.idleTimeoutMs - quietMs)));',
  },
  {
    name: 'gone-is-resumed',
    property: 'P30',
    summary: 'After a 410 the watch is tried again from the same version instead of listing.',
    file: 'src/watch/reflector.ts',
    find: "const lost = failure.kind === 'expired' || failure.kind === 'missing';",
    replace:
      "const lost = failure.kind === 'missing';\n  if (failure.kind === 'expired') self.fruitless = -1_000;",
  },
  {
    name: 'waits-for-the-end-of-the-initial-state',
    property: 'P51',
    summary: 'A stream of the first state that never says that it is complete is waited on for ever.',
    file: 'src/watch/initial.ts',
    find: `if (quietMs >= limits.initialPauseMs || tooLong) handler.onStalled();
      else arm(Math.ceil(limits.initialPauseMs - quietMs));`,
    replace: `if (tooLong && quietMs >= limits.initialTotalMs) handler.onStalled();
      else arm(limits.initialPauseMs);`,
  },
  {
    name: 'synced-before-the-end',
    property: 'P26',
    summary: 'The first event of a stream counts as the whole first state.',
    file: 'src/watch/initial.ts',
    find: "      if (event.type === 'changed') objects.set(key, event.object);",
    replace: `      if (event.type === 'changed') objects.set(key, event.object);
      if (objects.size === 1 && !done) {
        done = true;
        timer.cancel();
        handler.onDone([...objects.values()], event.revision);
        return;
      }`,
  },
  {
    name: 'emptied-before-a-new-list',
    property: 'P27',
    summary: 'What is known of a kind is thrown away before the kind is listed anew.',
    file: 'src/watch/reflector.ts',
    find: '  const delayMs = delayFor(self, failure);\n  if (lost',
    replace:
      '  const delayMs = delayFor(self, failure);\n  if (lost) self.sink.replaced([], self.status.revision);\n  if (lost',
  },
  {
    name: 'no-back-off',
    property: 'P48',
    summary: 'Failed lists and watches are repeated at once.',
    file: 'src/watch/reflector.ts',
    find: 'return Math.max(self.backoff.nextMs(self.env.random.uint32(self.stream)), failure?.retryAfterMs ?? 0);',
    replace: 'return failure === null ? 0 : 1;',
  },
  {
    name: 'deletion-is-a-change',
    property: 'P30',
    summary: 'The last state of a deleted object is kept as if it had changed.',
    file: 'src/watch/event.ts',
    find: "return { type: type === 'DELETED' ? 'deleted' : 'changed', object, revision };",
    replace: "return { type: 'changed', object, revision };",
  },
  {
    name: 'a-namesake-is-the-same',
    property: 'P46',
    summary: 'An object that took the place of another one, whose end was not seen, is taken for a mistake.',
    file: 'src/store/store.ts',
    find: '    if (next === null) state.stored.delete(key);',
    replace: `    const [was, is] = [old?.object?.metadata.uid, next?.object?.metadata.uid];
    if (was !== undefined && is !== undefined && was !== is) return false;
    if (next === null) state.stored.delete(key);`,
  },
];
