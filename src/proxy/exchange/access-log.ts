// Access log lines, gathered and handed over in batches; when nobody takes them fast enough they are dropped and counted.
import type { Clock } from '../../ports/clock.ts';
import { type AccessFormat, type AccessRecord, combinedLine, jsonLine } from './access-record.ts';

const batchCharacters = 32_768;
const flushDelayMs = 500;

export class AccessLog {
  private readonly format: AccessFormat;
  private readonly clock: Clock;
  private readonly deliver: (lines: string) => void;
  private lines = '';
  private isScheduled = false;
  private readonly run = (): void => {
    this.isScheduled = false;
    this.flush();
  };

  constructor(format: AccessFormat, clock: Clock, deliver: (lines: string) => void) {
    this.format = format;
    this.clock = clock;
    this.deliver = deliver;
  }

  add(record: AccessRecord): void {
    this.lines += this.format === 'json' ? jsonLine(record) : combinedLine(record);
    if (this.lines.length >= batchCharacters) this.flush();
    else if (!this.isScheduled) {
      this.isScheduled = true;
      this.clock.after(flushDelayMs, this.run);
    }
  }

  flush(): void {
    if (this.lines === '') return;
    const { lines } = this;
    this.lines = '';
    this.deliver(lines);
  }
}
