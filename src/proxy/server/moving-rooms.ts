// Memory that goes to another thread with bytes in it and comes back without: a stream of batches makes no garbage on either
// side, where nobody would collect it for long.

const roomBytes = 96 * 1024;
/** Those beyond are left to the collector. */
const spareMax = 8;

export interface MovingRooms {
  /** A copy of the bytes at the beginning of a room. */
  fill(bytes: Uint8Array): Uint8Array<ArrayBuffer>;
  giveBack(bytes: Uint8Array<ArrayBuffer>): void;
}

export function createMovingRooms(): MovingRooms {
  const spare: ArrayBuffer[] = [];
  return {
    fill(bytes) {
      const size = bytes.length;
      const room =
        (size <= roomBytes ? spare.pop() : undefined) ?? new ArrayBuffer(Math.max(size, roomBytes));
      const filled = new Uint8Array(room, 0, size);
      filled.set(bytes);
      return filled;
    },
    giveBack({ buffer }) {
      if (buffer.byteLength === roomBytes && spare.length < spareMax) spare.push(buffer);
    },
  };
}
