// Randomness by parameter. Draws are keyed by stream so that one consumer never shifts another's numbers.

export interface Random {
  /** The next unsigned 32-bit integer of the named stream. */
  uint32(stream: string): number;
  /** `length` bytes fit for ids; cryptographic in `io`, keyed and repeatable in the simulator. */
  bytes(stream: string, length: number): Buffer;
}
