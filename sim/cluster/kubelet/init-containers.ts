// Init containers: one after the other, each taken as succeeded because images are not run; sidecars among them
// (restartPolicy Always) are taken as running from then on.
import type { Container } from '../controllers/kinds.ts';
import { type ContainerRecord, newContainerRecord } from './container-state.ts';

export interface InitRun {
  readonly containers: readonly ContainerRecord[];
  readonly completed: boolean;
  /** `done` is called once all have completed; at once when there are none. */
  start(done: () => void): void;
  /** The pod ends: sidecars do too. */
  stop(): void;
}

export interface InitRunOptions {
  readonly containers: readonly Container[];
  readonly nowMs: () => number;
  /** For the Started event. */
  readonly tell: (message: string) => void;
  /** Runs after the time that a container takes to start. */
  readonly later: (run: () => void) => void;
  readonly onChange: () => void;
}

export function createInitRun(options: InitRunOptions): InitRun {
  const sidecars = new Set(
    options.containers.filter((spec) => spec.restartPolicy === 'Always').map((spec) => spec.name),
  );
  const records = options.containers.map((spec) =>
    newContainerRecord(spec.name, spec.image ?? '', 'PodInitializing'),
  );
  let completed = records.length === 0;

  function end(record: ContainerRecord): void {
    record.phase = 'terminated';
    record.exitCode = 0;
    record.finishedMs = options.nowMs();
  }

  function runFrom(index: number, done: () => void): void {
    const record = records[index];
    if (record === undefined) {
      completed = true;
      done();
      return;
    }
    options.later(() => {
      const sidecar = sidecars.has(record.name);
      record.run = 1;
      record.phase = 'running';
      record.startedMs = options.nowMs();
      record.started = sidecar;
      record.ready = sidecar;
      const outcome = sidecar ? 'running' : 'completed';
      options.tell(`Init container ${record.name} taken as ${outcome}: images are not run`);
      options.onChange();
      if (sidecar) {
        runFrom(index + 1, done);
        return;
      }
      options.later(() => {
        end(record);
        record.ready = true;
        options.onChange();
        runFrom(index + 1, done);
      });
    });
  }

  return {
    containers: records,
    get completed() {
      return completed;
    },
    start: (done) => runFrom(0, done),
    stop() {
      for (const record of records) {
        if (record.phase !== 'running') continue;
        end(record);
        record.ready = false;
        record.started = false;
      }
    },
  };
}
