// Which requests the writer sends when the right to write is lost on the way.
import { describe, expect, it } from 'vitest';
import { createWriter } from '../../../src/control/writer.ts';
import type { HttpReplyHandler } from '../../../src/ports/http.ts';
import { silentLog } from '../../../src/ports/log.ts';
import { virtualClock } from '../../property/watch/virtual-clock.ts';

/** Paths of what was sent; `loses` is called once the first `started` requests are under way. */
function check(keys: readonly string[], status: number, loses: boolean): readonly string[] {
  const clock = virtualClock();
  const open: HttpReplyHandler[] = [];
  const sent: string[] = [];
  const env = {
    clock,
    random: { uint32: () => 0, bytes: (_stream: string, length: number) => Buffer.alloc(length) },
    log: silentLog,
    api: {
      request(request: { readonly path: string }, handler: HttpReplyHandler) {
        sent.push(request.path);
        open.push(handler);
        return { cancel() {} };
      },
    },
  };
  let leads = true;
  const writer = createWriter(env, () => leads);
  for (const key of keys) writer.put({ key, request: { method: 'PATCH', path: key, body: {} } });
  if (loses) leads = false;
  for (const handler of open.splice(0)) {
    handler.onHead(status, {});
    handler.onEnd(null);
  }
  clock.advance(5_000);
  return sent;
}

describe('writes of a controller that loses the right to write', () => {
  const five = ['/1', '/2', '/3', '/4', '/5'];
  it.each([
    ['what failed is tried again while it leads', ['/1'], 500, false, ['/1', '/1']],
    ['what failed is not tried again afterwards', ['/1'], 500, true, ['/1']],
    ['what waited is sent while it leads', five, 200, false, five],
    ['what waited is not sent afterwards', five, 200, true, five.slice(0, 4)],
  ] as const)('%s', (_name, keys, status, loses, expected) => {
    expect(check(keys, status, loses)).toEqual(expected);
  });
});
