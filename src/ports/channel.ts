// Messages between the main thread and its workers. In the simulator the two ends are hosts joined by a link.

/** Structured-clone data. Large payloads travel as bytes (Uint8Array). */
export type ChannelMessage = { readonly kind: string } & Readonly<Record<string, unknown>>;

export interface Channel {
  post(message: ChannelMessage): void;
  /** Set by the owner. Messages that arrived before are delivered when it is set. */
  onMessage: ((message: ChannelMessage) => void) | null;
}
