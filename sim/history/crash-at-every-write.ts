// The exhaustive strategy for the controller's own writes: a plan run once without crash says how many writes each
// controller makes; then the plan once for each of them and each moment around it at which a process can end.
import type { ApiCall, Evidence } from '../evidence/evidence.ts';
import type { FaultEntry, Plan, WriteTrigger } from './plan.ts';

const points: readonly WriteTrigger['point'][] = ['before-send', 'after-apply', 'after-response'];

/** Faults that end a controller, which would shift what is counted. */
const crashes: ReadonlySet<string> = new Set(['crash-controller', 'controller-error']);

/** How long a crashed controller stays away. */
const awayMs = 2_000;

/** The plan of the first run. */
export function withoutCrashes(plan: Plan): Plan {
  const timeline = plan.timeline.filter((entry) => entry.do !== 'fault' || !crashes.has(entry.fault));
  return { ...plan, timeline };
}

/** As triggers count them, in sim/faults/write-trigger.ts. */
function isCounted({ method, path, sentUs }: ApiCall, healMs: number): boolean {
  return method !== 'GET' && !path.includes('/leases') && sentUs < healMs * 1000;
}

/** Writes before the heal point by host, from what the first run left behind. */
export function countWrites(
  { calls }: Pick<Evidence, 'calls'>,
  { healMs }: Plan,
): ReadonlyMap<string, number> {
  const counts: Map<string, number> = new Map();
  for (const call of calls)
    if (isCounted(call, healMs)) counts.set(call.host, (counts.get(call.host) ?? 0) + 1);
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** In combined mode the controller alone ends, and with it what it was about to send: only the first moment is another. */
function momentsOf({ world }: Plan): readonly WriteTrigger['point'][] {
  return world.mode === 'combined' ? points.slice(0, 1) : points;
}

export function crashAtEveryWrite(plan: Plan, writes: ReadonlyMap<string, number>): readonly Plan[] {
  const base = withoutCrashes(plan);
  const fault = plan.world.mode === 'combined' ? 'controller-error' : 'crash-controller';
  return [...writes].flatMap(([host, count]) =>
    Array.from({ length: count }, (_, index) => index).flatMap((index) =>
      momentsOf(plan).map((point): Plan => {
        const crash: FaultEntry = {
          id: `crash ${host} ${index} ${point}`,
          atMs: 0,
          do: 'fault',
          fault,
          untilMs: fault === 'crash-controller' ? Math.min(awayMs, plan.healMs) : 0,
          target: host,
          parameters: {},
          when: { host, index, point },
        };
        return { ...base, timeline: [...base.timeline, crash] };
      }),
    ),
  );
}
