// The way of one controller to the Kubernetes API: it may be thin, and it may be cut.
import type { Scheduler } from '../../../sim/scheduler/scheduler.ts';
import type { HttpReplyHandler } from '../../../src/ports/http.ts';

export class Way {
  /** 0 = as fast as it goes. */
  bytesPerSecond = 0;
  private readonly scheduler: Scheduler;
  private readonly open: Set<() => void> = new Set();

  constructor(scheduler: Scheduler) {
    this.scheduler = scheduler;
  }

  get openCalls(): number {
    return this.open.size;
  }

  /** Ends all exchanges that are under way; how many. */
  cut(): number {
    const all = [...this.open];
    for (const end of all) end();
    return all.length;
  }

  /** `end` cuts the exchange; what it returns is called when it is over. */
  begin(end: () => void): () => void {
    this.open.add(end);
    return () => void this.open.delete(end);
  }

  /** The same answer, as fast as the way lets it through, in order. */
  through(handler: HttpReplyHandler): HttpReplyHandler {
    const lane = this.scheduler.lane('way');
    let freeUs = 0;
    const pass = (bytes: number, run: () => void): void => {
      const { nowUs } = this.scheduler;
      if (this.bytesPerSecond === 0 && freeUs <= nowUs) {
        run();
        return;
      }
      const tookUs = this.bytesPerSecond === 0 ? 0 : (bytes * 1_000_000) / this.bytesPerSecond;
      freeUs = Math.max(freeUs, nowUs) + tookUs;
      this.scheduler.at(freeUs, run, lane);
    };
    return {
      onHead: (status, headers) => pass(0, () => handler.onHead(status, headers)),
      onData: (bytes) => pass(bytes.length, () => handler.onData(bytes)),
      onEnd: (error) => pass(0, () => handler.onEnd(error)),
    };
  }
}
