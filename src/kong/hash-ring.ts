// How large a ring of consistent hashing is: what the proxy builds and what the controller warns of.

/** Points of a target where all weights are equal. */
export const pointsPerTarget = 160;
/** Smaller settings of `slots` count as this. */
export const ringPointsMin = 1000;
/** What `slots` may be at most. */
export const slotsMax = 65_536;

/** As many targets as find all their points on a ring of that size. */
export function ringTargetsMax(slots: number): number {
  return Math.floor(Math.max(slots, ringPointsMin) / pointsPerTarget);
}
