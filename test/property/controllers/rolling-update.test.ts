// The law of a rolling update: at every commit enough pods are available and never too many exist, also when rollouts start
// while ReplicaSet statuses lag behind. It is a law for pods that stay ready once they are: where pods of the oldest set fail
// while a younger old set's status lags, kube-controller-manager counts pods that are on their way out, and so do we (the last
// row of the table of shrinkOldSets).
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rollingBounds } from '../../../sim/cluster/controllers/rolling-arithmetic.ts';
import { createSmallCluster, deploymentObject } from '../../unit/controllers/small-cluster.ts';

const share = fc.oneof(
  fc.integer({ min: 0, max: 4 }),
  fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
);

test('available >= replicas - maxUnavailable, and replicas + maxSurge is never passed', () => {
  fc.assert(
    fc.property(
      fc.record({
        replicas: fc.integer({ min: 1, max: 12 }),
        maxSurge: share,
        maxUnavailable: share,
        readyDelayMs: fc.integer({ min: 0, max: 3000 }),
        arrowMs: fc.integer({ min: 0, max: 500 }),
        // Milliseconds between template changes: short ones roll over a rollout that is under way.
        rollouts: fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 3 }),
        seed: fc.integer({ min: 0, max: 0xffff }),
      }),
      ({ replicas, maxSurge, maxUnavailable, readyDelayMs, arrowMs, rollouts, seed }) => {
        const bounds = rollingBounds(replicas, maxSurge, maxUnavailable);
        if (maxSurge === 0 && maxUnavailable === 0) return;
        const wait = () => arrowMs;
        const delays = { 'replica-set': wait, deployment: wait, 'container-start': () => readyDelayMs };
        const cluster = createSmallCluster({ seed, delays });
        const spec = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } };
        const created = cluster.store.create(
          'deployments.apps',
          deploymentObject('shop', replicas, { spec }),
        );
        if (!created.ok) return;
        cluster.clock.advance(20_000);
        expect(cluster.availableCount()).toBe(replicas);
        cluster.store.subscribe('pods', () => {
          expect(cluster.availableCount()).toBeGreaterThanOrEqual(replicas - bounds.maxUnavailable);
        });
        // Pods may be more for a moment, as in a real cluster: an old set's pods go while a new set's come.
        cluster.store.subscribe('replicasets.apps', () => {
          const sets = cluster.store.list('replicasets.apps');
          const wanted = sets.reduce((sum, set) => sum + Number(set.spec!['replicas']), 0);
          expect(wanted).toBeLessThanOrEqual(replicas + bounds.maxSurge);
        });
        for (const [i, pauseMs] of rollouts.entries()) {
          const annotations = { version: String(i) };
          cluster.store.mergePatch('deployments.apps', 'default', 'shop', {
            spec: { template: { metadata: { annotations } } },
          });
          cluster.clock.advance(pauseMs);
        }
        cluster.clock.advance(300_000);
        const status = cluster.store.get('deployments.apps', 'default', 'shop')!.status;
        expect(status).toMatchObject({ replicas, updatedReplicas: replicas, availableReplicas: replicas });
      },
    ),
    { numRuns: 40 },
  );
});
