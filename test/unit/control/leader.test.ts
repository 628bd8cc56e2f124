// What a candidate asks the API server for: looks before it takes, renews with one write, and looks again when another has
// been at the Lease.
import { describe, expect, it } from 'vitest';
import { createApiServer } from '../../../sim/cluster/api-server.ts';
import { inProcessGateway } from '../../../src/control/in-process.ts';
import { createLeader } from '../../../src/control/leader.ts';
import { silentLog } from '../../../src/ports/log.ts';
import { virtualClock } from '../../property/watch/virtual-clock.ts';

const random = { uint32: () => 0, bytes: (_stream: string, length: number) => Buffer.alloc(length, 7) };
const leases = 'leases.coordination.k8s.io';
const lease = { namespace: 'default', name: 'leader' };

type Meddling = 'nothing' | 'another writes' | 'another takes it' | 'deleted' | 'an answer is lost';

/** Methods of the calls in the first second, and in the next three renewals after `meddling`; and whether it leads then. */
function check(meddling: Meddling): {
  readonly took: string;
  readonly later: string;
  readonly leads: boolean;
} {
  const clock = virtualClock();
  const server = createApiServer({ clock, random, log: silentLog });
  const { http } = inProcessGateway(clock, 'api', server.handler);
  const calls: string[] = [];
  let lost = 0;
  const api: typeof http = {
    request(request, handler) {
      calls.push(request.method);
      const loses = lost > 0 && request.method === 'PUT';
      if (loses) lost--;
      return http.request(
        request,
        loses ? { onHead() {}, onData() {}, onEnd: () => handler.onEnd('ECONNRESET') } : handler,
      );
    },
  };
  const leader = createLeader(
    { api, clock, random, log: silentLog },
    { lease, identity: 'a' },
    () => undefined,
  );
  leader.start();
  clock.advance(1_000);
  const took = calls.splice(0).join(' ');
  const patch = (spec: Readonly<Record<string, unknown>>): void => {
    server.store.mergePatch(leases, lease.namespace, lease.name, { spec });
  };
  if (meddling === 'another writes') patch({ strategy: 'none', leaseTransitions: 4 });
  if (meddling === 'another takes it') patch({ holderIdentity: 'b' });
  if (meddling === 'deleted') server.store.delete(leases, lease.namespace, lease.name);
  if (meddling === 'an answer is lost') lost = 1;
  clock.advance(6_500);
  return { took, later: calls.join(' '), leads: leader.isLeader() };
}

describe('a candidate', () => {
  it.each([
    ['nothing', 'PUT PUT PUT', true],
    ['another writes', 'PUT GET PUT PUT PUT', true],
    ['another takes it', 'PUT GET GET GET', false],
    ['deleted', 'PUT GET POST PUT PUT', true],
    ['an answer is lost', 'PUT PUT GET PUT PUT', true],
  ] as const)('when %s', (meddling, later, leads) => {
    expect(check(meddling)).toEqual({ took: 'GET POST', later, leads });
  });
});
