// What a gateway would say of its readiness, without asking it anything.
import type { Host } from '../hosts/host.ts';
import type { WorldSeams } from './seams.ts';

/** Takes down what `reason` says where it says something new. */
export function noted({ evidence, scheduler }: WorldSeams, host: Host, reason: () => string): () => void {
  const life = host.lives;
  let last: string | null = null;
  return () => {
    const now = reason();
    if (now === last) return;
    last = now;
    evidence.readiness.push({ gateway: host.name, life, atUs: scheduler.nowUs, reason: now });
  };
}
