// The numbers of a rolling update: how far above and below the wanted count it may go, and how growth is shared.

/** An IntOrString of a strategy: '25%' of the wanted replicas, or a count. */
export function resolveShare(value: unknown, total: number, round: 'up' | 'down'): number {
  if (typeof value === 'number' && Number.isInteger(value)) return Math.max(0, value);
  const match = /^(\d{1,9})%$/.exec(typeof value === 'string' ? value : '');
  if (match === null) return 0;
  const scaled = Number(match[1]) * total;
  return round === 'up' ? Math.ceil(scaled / 100) : Math.floor(scaled / 100);
}

export interface RollingBounds {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** Surge rounds up, unavailability down; where both come to 0 nothing could move, so one may be unavailable. */
export function rollingBounds(replicas: number, maxSurge: unknown, maxUnavailable: unknown): RollingBounds {
  const surge = resolveShare(maxSurge ?? '25%', replicas, 'up');
  const unavailable = resolveShare(maxUnavailable ?? '25%', replicas, 'down');
  if (surge === 0 && unavailable === 0) return { maxSurge: 0, maxUnavailable: 1 };
  return { maxSurge: surge, maxUnavailable: Math.min(unavailable, replicas) };
}

/** How large the new ReplicaSet may be now. */
export function newSetReplicas(replicas: number, maxSurge: number, current: number, allSets: number): number {
  const room = replicas + maxSurge - allSets;
  if (room <= 0) return current;
  return current + Math.min(room, replicas - current);
}

export interface OldSet {
  readonly replicas: number;
  readonly available: number;
}

/**
 * New sizes of the old sets (oldest first), or null when nothing may go now: unhealthy replicas first, because they
 * serve nobody, then healthy ones as far as enough stay available. As in kube-controller-manager (reconcileOldReplicaSets), what
 * is available is what the sets' statuses say, which may lag behind.
 */
export function shrinkOldSets(
  replicas: number,
  maxUnavailable: number,
  newSet: OldSet,
  oldSets: readonly OldSet[],
): readonly number[] | null {
  const sizes = oldSets.map((set) => set.replicas);
  const oldTotal = sizes.reduce((sum, size) => sum + size, 0);
  if (oldTotal === 0) return null;
  const minAvailable = replicas - maxUnavailable;
  const newUnavailable = newSet.replicas - newSet.available;
  const removable = oldTotal + newSet.replicas - minAvailable - newUnavailable;
  if (removable <= 0) return null;
  let removed = 0;
  for (const [i, set] of oldSets.entries()) {
    if (removed >= removable) break;
    if (set.replicas === 0) continue;
    // A status from before the last scaling: the real controller takes this for an error and waits for the next status.
    if (set.available > set.replicas) return removed === 0 ? null : sizes;
    const count = Math.min(removable - removed, set.replicas - set.available);
    sizes[i] = sizes[i]! - count;
    removed += count;
  }
  const available = newSet.available + oldSets.reduce((sum, set) => sum + set.available, 0);
  let spare = available - minAvailable;
  for (let i = 0; i < sizes.length && spare > 0; i++) {
    const count = Math.min(sizes[i]!, spare);
    sizes[i] = sizes[i]! - count;
    spare -= count;
    removed += count;
  }
  return removed === 0 ? null : sizes;
}

/** Round half away from zero, as Go's integer conversion in the deployment controller does. */
function roundAway(value: number): number {
  return value < 0 ? Math.ceil(value - 0.5) : Math.floor(value + 0.5);
}

export interface ScaledSet {
  readonly replicas: number;
  /** Wanted replicas plus surge when the set was last scaled. */
  readonly maxReplicas: number;
}

/**
 * Proportional scaling in the middle of a rollout: the sets (largest first when growing, oldest of equal size last) share
 * what is to be added or removed by their size; the first takes the rounding rest.
 */
export function shareScaling(
  replicas: number,
  maxSurge: number,
  sets: readonly ScaledSet[],
): readonly number[] {
  const total = sets.reduce((sum, set) => sum + set.replicas, 0);
  const allowed = replicas > 0 ? replicas + maxSurge : 0;
  const toAdd = allowed - total;
  let added = 0;
  const sizes = sets.map((set) => {
    if (toAdd === 0 || set.replicas === 0 || toAdd === added) return set.replicas;
    const wanted =
      replicas === 0
        ? -set.replicas
        : roundAway((set.replicas * (replicas + maxSurge)) / Math.max(1, set.maxReplicas)) - set.replicas;
    const left = toAdd - added;
    const share = toAdd > 0 ? Math.min(wanted, left) : Math.max(wanted, left);
    added += share;
    return set.replicas + share;
  });
  if (sizes.length > 0 && toAdd !== 0) sizes[0] = Math.max(0, sizes[0]! + toAdd - added);
  return sizes;
}
