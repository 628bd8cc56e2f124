// The client's side of a WebSocket to a pod that echoes: one message at once and one each second, until it has held long
// enough and closes.
import type { Clock, Timer } from '../../src/ports/clock.ts';
import type { TcpConnection } from '../../src/ports/tcp.ts';

export interface TalkOptions {
  readonly nonce: string;
  readonly holdMs: number;
  /** What came back is added here. */
  readonly messages: string[];
  /** '' = closed as agreed. */
  readonly onOver: (error: string) => void;
}

const periodMs = 1_000;
/** Any mask will do for a peer that is no cache. */
const mask = [0x12, 0x34, 0x56, 0x78] as const;

function frame(opcode: number, payload: string): Buffer {
  const bytes = Buffer.from(payload, 'latin1');
  const masked = bytes.map((byte, index) => byte ^ mask[index & 3]!);
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | bytes.length, ...mask]), masked]);
}

export class WebSocketTalk {
  private readonly clock: Clock;
  private readonly tcp: TcpConnection;
  private readonly options: TalkOptions;
  private readonly openedUs: number;
  private timer: Timer | null = null;
  private text = '';
  private count = 0;
  private closeSent = false;

  constructor(clock: Clock, tcp: TcpConnection, options: TalkOptions) {
    this.clock = clock;
    this.tcp = tcp;
    this.options = options;
    this.openedUs = clock.monotonicUs();
    this.say();
  }

  push(text: string): void {
    this.text += text;
    while (this.text.length >= 2) {
      const opcode = this.text.charCodeAt(0) & 0x0f;
      const length = this.text.charCodeAt(1) & 0x7f;
      if (this.text.length < 2 + length) return;
      const payload = this.text.slice(2, 2 + length);
      this.text = this.text.slice(2 + length);
      if (opcode === 0x8) {
        this.options.onOver(this.closeSent ? '' : 'closed by the pod');
        return;
      }
      this.options.messages.push(payload);
    }
  }

  ended(): void {
    this.options.onOver(this.closeSent ? '' : 'closed');
  }

  /** Says goodbye; the answer ends the talk. */
  close(): void {
    if (this.closeSent) return;
    this.closeSent = true;
    this.timer?.cancel();
    this.tcp.write(frame(0x8, '\x03\xe8'));
  }

  stop(): void {
    this.timer?.cancel();
  }

  private say(): void {
    if (this.clock.monotonicUs() - this.openedUs >= this.options.holdMs * 1000) {
      this.close();
      return;
    }
    this.tcp.write(frame(0x1, `${this.options.nonce}.${this.count++}`));
    this.timer = this.clock.after(periodMs, () => this.say());
  }
}
