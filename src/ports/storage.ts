// Small durable files by parameter (last good configuration, ready file). Atomic replace.

export interface Storage {
  read(name: string): Buffer | null;
  write(name: string, bytes: Buffer): void;
}
