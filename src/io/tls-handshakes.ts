// Handshakes under way on one listener, bounded in time and number, so that silent clients keep nobody out.

export interface TlsLimits {
  /** From the connection to the end of the handshake. */
  readonly handshakeTimeoutMs: number;
  /** Handshakes under way on one listener; one more costs the oldest of them its connection. */
  readonly handshakesMax: number;
}

export const defaultTlsLimits: TlsLimits = { handshakeTimeoutMs: 10_000, handshakesMax: 1024 };

/** Of one connection. */
export interface UnderWay {
  readonly begunMs: number;
  /** Closes the connection; calls `end`. */
  drop(): void;
}

export interface Handshakes {
  begin(handshake: UnderWay): void;
  /** Done, one way or the other. */
  end(handshake: UnderWay): void;
}

export function createHandshakes(limits: TlsLimits, onDropped: (() => void) | undefined): Handshakes {
  const { handshakeTimeoutMs, handshakesMax } = limits;
  /** The oldest first. */
  const underWay = new Set<UnderWay>();
  let timer: NodeJS.Timeout | null = null;

  const wait = (delayMs: number): void => {
    timer = setTimeout(sweep, delayMs);
    timer.unref();
  };

  const sweep = (): void => {
    timer = null;
    const nowMs = performance.now();
    for (const handshake of underWay) {
      const leftMs = handshake.begunMs + handshakeTimeoutMs - nowMs;
      if (leftMs > 0) {
        wait(leftMs);
        return;
      }
      handshake.drop();
    }
  };

  return {
    begin(handshake) {
      underWay.add(handshake);
      if (underWay.size > handshakesMax) {
        const [oldest] = underWay;
        oldest!.drop();
        onDropped?.();
      }
      if (timer === null) wait(handshakeTimeoutMs);
    },
    end: (handshake) => void underWay.delete(handshake),
  };
}
