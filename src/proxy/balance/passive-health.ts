// What the answers to real requests do to a target's shared word.
import type { Upstream } from '../../kong/entity.ts';
import type { SharedWords } from '../../ports/shared.ts';
import type { TargetHealth } from './balancer.ts';
import { recordFailure, recordSuccess } from './health.ts';

type Passive = Upstream['healthchecks']['passive'];

/** Health checks do something only when a probe runs or a passive failure limit is set. */
export function checksHealth(upstream: Upstream): boolean {
  const { active, passive } = upstream.healthchecks;
  const { tcp_failures, timeouts, http_failures } = passive.unhealthy;
  const probes = active.healthy.interval !== 0 || active.unhealthy.interval !== 0;
  return probes || tcp_failures !== 0 || timeouts !== 0 || http_failures !== 0;
}

class PassiveHealth implements TargetHealth {
  readonly #words: SharedWords;
  readonly #slot: number;
  readonly #passive: Passive;

  constructor(words: SharedWords, slot: number, passive: Passive) {
    this.#words = words;
    this.#slot = slot;
    this.#passive = passive;
  }

  /** As in Kong 504 is a timeout, whoever says it, and no HTTP status. */
  reportStatus(status: number): void {
    if (status === 504) {
      this.reportTimeout();
      return;
    }
    const { healthy, unhealthy } = this.#passive;
    if (healthy.http_statuses.includes(status)) recordSuccess(this.#words, this.#slot, healthy.successes);
    else if (unhealthy.http_statuses.includes(status))
      recordFailure(this.#words, this.#slot, 'http', unhealthy.http_failures);
  }

  reportTcpFailure(): void {
    recordFailure(this.#words, this.#slot, 'tcp', this.#passive.unhealthy.tcp_failures);
  }

  reportTimeout(): void {
    recordFailure(this.#words, this.#slot, 'timeout', this.#passive.unhealthy.timeouts);
  }
}

/** null: nothing counts. `slot` is the word, negative where health is not tracked. */
export function passiveHealth(words: SharedWords, slot: number, passive: Passive): TargetHealth | null {
  const { tcp_failures, timeouts, http_failures } = passive.unhealthy;
  const counts = tcp_failures + timeouts + http_failures + passive.healthy.successes > 0;
  return slot >= 0 && counts ? new PassiveHealth(words, slot, passive) : null;
}
