// The keys that TLS sessions are sealed with for the client to keep: the same in all workers, so that whichever a client
// comes back to takes its session up; new twice a day, and never written anywhere.
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import type { TicketKeys } from '../../ports/tls.ts';

/** What was recorded before can be read with stolen keys for this long, and no longer. */
const rotationMs = 12 * 3_600_000;
/** A name, a key for the seal and one for its cipher. */
const keysBytes = 48;

export interface TicketKeyring {
  current(): TicketKeys;
  stop(): void;
}

export function createTicketKeyring(
  env: { readonly clock: Clock; readonly random: Random },
  onRotated: (keys: TicketKeys) => void,
): TicketKeyring {
  const fresh = (): TicketKeys => Uint8Array.from(env.random.bytes('tls ticket keys', keysBytes));
  let keys = fresh();
  const rotate = (): void => {
    keys = fresh();
    timer = env.clock.after(rotationMs, rotate);
    onRotated(keys);
  };
  let timer = env.clock.after(rotationMs, rotate);
  return { current: () => keys, stop: () => timer.cancel() };
}
