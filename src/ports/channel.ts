// Messages between the main thread and its workers. In the simulator the two ends are hosts joined by a link.

/** Structured-clone data. Large payloads travel as bytes (Uint8Array). */
export type ChannelMessage = { readonly kind: string } & Readonly<Record<string, unknown>>;

export interface Channel {
  /** What is in `moved` is not copied: the sender has it no more. */
  post(message: ChannelMessage, moved?: readonly ArrayBuffer[]): void;
  /** Set by the owner. Messages that arrived before are delivered when it is set. */
  onMessage: ((message: ChannelMessage) => void) | null;
}
