// Every change in the Kubernetes API comes through to traffic, a crowd of them in few rounds, and where nothing changes
// nothing is done: real processes and sockets. How fast is a bench's business (`npm run bench -- change`).
import { afterEach, expect, test } from 'vitest';
import { courseOf, measureBurst, measureChanges } from '../../bench/change/measure.ts';
import { complaintsAbout, hurriedWatches, readCounters } from '../../bench/idle/counters.ts';
import { type Stand, startStand } from '../../bench/stand.ts';
import { killPrograms, poll } from '../rolling/program.ts';

const ingresses = 20;
const changes = 30;
/** Of each of the kinds that the controller watches. */
const watchRenewals = 3;
const renewedTimeoutMs = 120_000;

afterEach(killPrograms);

async function onStand(
  clusterNodeArgs: readonly string[],
  tell: (stand: Stand) => Promise<void>,
): Promise<void> {
  const stand = await startStand({ ingresses, clusterNodeArgs });
  try {
    await tell(stand);
  } catch (error) {
    console.log(stand.gateway.output());
    throw error;
  }
  await stand.stop();
}

test('changes are seen', () =>
  onStand([], async (stand) => {
    const course = courseOf(stand, ingresses);
    const options = { ingresses, changes, pauseMsMax: 20, seed: 1 };
    for (const kind of ['ingress', 'endpoints'] as const) {
      const { work: before } = await readCounters(stand);
      // One that is not seen throws.
      await measureChanges(stand, course, kind, options);
      const { work: after } = await readCounters(stand);
      expect(after['translations']! - before['translations']!).toBe(changes);
      expect(after['pushes']! - before['pushes']!).toBe(changes);
    }
    const burst = await measureBurst(stand, course, 'burst');
    expect(burst.translations).toBeLessThan(ingresses);
  }));

test('nothing is done while nothing changes, though watches end and the lease is renewed', () =>
  onStand(hurriedWatches(300, 1), async (stand) => {
    const before = await readCounters(stand);
    const kinds = before.work['lists']!;
    const opened = before.signs['watches opened']! + watchRenewals * kinds;
    let after = before;
    const isRenewed = async (): Promise<boolean> => {
      after = await readCounters(stand);
      const moved = Object.entries(after.signs).every(([name, value]) => value !== before.signs[name]);
      return moved && after.signs['watches opened']! >= opened;
    };
    await poll('watches are renewed', isRenewed, renewedTimeoutMs);
    expect(complaintsAbout(before, after)).toEqual([]);
    // The counters do count.
    const options = { ingresses, changes: 1, pauseMsMax: 0, seed: 1 };
    await measureChanges(stand, courseOf(stand, ingresses), 'ingress', options);
    expect(complaintsAbout(before, await readCounters(stand))).toHaveLength(2);
  }));
