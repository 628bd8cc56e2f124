// A driver of a world whose cluster, pods and clients are in this process: in virtual time, or in real time with the product
// in processes of its own.
import { findHost } from '../../sim/faults/hosts.ts';
import { beginExpectation, type Passed } from '../../sim/history/expect/expect.ts';
import { lookAtConfig } from '../../sim/history/expect/looks.ts';
import { operate } from '../../sim/history/operate.ts';
import type { Plan } from '../../sim/history/plan.ts';
import { happen, startFault } from '../../sim/history/run.ts';
import type { World } from '../../sim/world/world.ts';
import type { Driver } from './driver.ts';
import type { Timeline } from './timeline.ts';

/** The plan with its times still open. */
export type OpenPlan = Omit<Plan, 'timeline' | 'clients'>;

/** `passedUs`: of the time in which something that is expected has to come; absent: by the clock. */
export function createWorldDriver(
  world: World,
  plan: OpenPlan,
  timeline: Timeline,
  passedUs?: Passed,
): Driver {
  const { scheduler, cluster, gateways } = world;
  const lane = scheduler.lane('scenario');
  const running: Plan = { ...plan, timeline: [], clients: [] };
  const over = (done: () => void): void => done();
  return {
    begin: (_isCold, done) => done(),
    nowMs: () => scheduler.nowUs / 1000,
    after: (ms, run) => void scheduler.after(Math.round(ms * 1000), run, lane),
    read: (resource, namespace, name) =>
      cluster.api.store.get(resource, namespace === '' ? undefined : namespace, name),
    list: (resource) => cluster.api.store.list(resource),
    operate(operation, done) {
      timeline.operation(operation);
      const result = operate(cluster.api.store, operation);
      done(result.ok ? null : result.error.message);
    },
    inject(fault, lastsMs, begun) {
      const entry = timeline.fault(fault, lastsMs);
      if (lastsMs !== null) {
        happen(world, running, entry);
        begun({ end: over });
        return;
      }
      const [record, end] = startFault(world, running, entry);
      begun({
        end(done) {
          timeline.ended(entry);
          record.toUs = Math.max(record.toUs, scheduler.nowUs);
          end();
          done();
        },
      });
    },
    send(client, request) {
      const { entry, isNew } = timeline.request(client, request);
      if (isNew) world.addClient(client);
      happen(world, running, entry);
    },
    expect(expectation, done) {
      const entry = timeline.expectation(expectation);
      beginExpectation(world, entry, ({ met, seen }) => done(met, seen), passedUs);
    },
    isProxyReady(index) {
      const gateway = gateways[index];
      return gateway?.host.alive === true && gateway.proxy()?.notReadyReason() === '';
    },
    isAlive: (host) => findHost(world, host)?.alive === true,
    isServed() {
      const { answer, seen } = lookAtConfig(world);
      return { served: answer === 'yes', seen };
    },
  };
}
