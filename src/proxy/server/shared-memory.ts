// The memory that all workers of a gateway share, in its sizes.
import type { Shared, SharedMemory } from '../../ports/shared.ts';
import { healthWords } from '../balance/health.ts';
import { routeCounterCount } from './route-counters.ts';
import { statisticsWords } from './statistics.ts';

export interface SharedSizes {
  readonly workers: number;
  /** Targets whose health is kept. */
  readonly healthSlots: number;
  readonly counterWords: number;
  readonly routeRows: number;
}

export function allocateShared(shared: Shared, sizes: SharedSizes): SharedMemory {
  const { workers, healthSlots, counterWords, routeRows } = sizes;
  return {
    health: shared.allocate(healthWords(healthSlots)),
    shares: shared.allocate(healthSlots),
    counters: shared.allocate(counterWords),
    statistics: shared.allocateCounters(statisticsWords * workers),
    routes: Array.from({ length: workers }, () => shared.allocateCounters(routeCounterCount(routeRows))),
  };
}
