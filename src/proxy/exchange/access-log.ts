// Access log lines of one worker, gathered and handed over in batches.
import type { Clock } from '../../ports/clock.ts';
import { writeCombinedLine } from './access-combined.ts';
import { writeJsonLine } from './access-json.ts';
import type { AccessFormat, AccessRecord } from './access-record.ts';
import type { Exchange } from './exchange.ts';
import { ExchangeRecord } from './exchange-record.ts';
import { LogLines } from './log-lines.ts';

const batchBytes = 64 * 1024;
const flushDelayMs = 100;

/** So many whole lines; the bytes are valid only during the call. */
export type AccessLines = (bytes: Buffer, count: number) => void;

export class AccessLog {
  private readonly write: (lines: LogLines, record: AccessRecord) => void;
  private readonly clock: Clock;
  private readonly deliver: AccessLines;
  private readonly lines = new LogLines();
  private readonly record = new ExchangeRecord();
  private count = 0;
  private isScheduled = false;
  private readonly run = (): void => {
    this.isScheduled = false;
    this.flush();
  };

  constructor(format: AccessFormat, clock: Clock, deliver: AccessLines) {
    this.write = format === 'json' ? writeJsonLine : writeCombinedLine;
    this.clock = clock;
    this.deliver = deliver;
  }

  /** It has just ended. */
  add(exchange: Exchange): void {
    this.record.exchange = exchange;
    this.write(this.lines, this.record);
    this.count++;
    if (this.lines.length >= batchBytes) this.flush();
    else if (!this.isScheduled) {
      this.isScheduled = true;
      this.clock.after(flushDelayMs, this.run);
    }
  }

  flush(): void {
    const { lines, count } = this;
    if (count === 0) return;
    this.count = 0;
    this.deliver(lines.written(), count);
    lines.clear();
  }
}
