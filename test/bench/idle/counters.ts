// What a controller must not do while nothing changes, and what goes on all the same.
import type { Stand } from '../stand.ts';

const quiet = {
  translations: 'tidegate_controller_translations_total',
  pushes: 'tidegate_controller_pushes_total',
  lists: 'tidegate_controller_lists_total',
} as const;
const going = {
  'watches opened': 'tidegate_controller_watches_total',
  bookmarks: 'tidegate_controller_watch_bookmarks_total',
} as const;

export interface Counters {
  /** Must stand still. */
  readonly work: Readonly<Record<string, number>>;
  /** Must go on, or nothing was shown. */
  readonly signs: Readonly<Record<string, number>>;
}

const leasePath = '/apis/coordination.k8s.io/v1/namespaces/default/leases/tidegate-leader';

export async function readCounters(stand: Stand): Promise<Counters> {
  const metrics = await stand.metrics();
  const pick = (names: Readonly<Record<string, string>>): Record<string, number> => {
    const picked: Record<string, number> = {};
    for (const [title, name] of Object.entries(names)) {
      const value = metrics.get(name);
      if (value === undefined) throw new Error(`the controller's metrics have no ${name}`);
      picked[title] = value;
    }
    return picked;
  };
  const lease = (await stand.read(leasePath)) as { spec: { renewTime: string } };
  return {
    work: pick(quiet),
    signs: { ...pick(going), 'lease renewed at, s': Date.parse(lease.spec.renewTime) / 1000 },
  };
}

/** One sentence for each counter that did not do as it must. */
export function complaintsAbout(before: Counters, after: Counters): readonly string[] {
  const moved = Object.keys(before.work)
    .filter((name) => after.work[name] !== before.work[name])
    .map((name) => `${name} went from ${before.work[name]} to ${after.work[name]} while nothing changed`);
  const stood = Object.keys(before.signs)
    .filter((name) => after.signs[name] === before.signs[name])
    .map((name) => `${name} did not move: nothing was shown`);
  return [...moved, ...stood];
}

/** The URL of the hook for a cluster's runtime. */
export function hurriedWatches(bookmarkMs: number, watchSeconds: number): readonly string[] {
  const query = `bookmarkMs=${bookmarkMs}&watchSeconds=${watchSeconds}`;
  return ['--import', new URL(`hurried-watches.ts?${query}`, import.meta.url).href];
}
