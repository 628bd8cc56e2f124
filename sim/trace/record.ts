// Writes down what a scheduler does, one line for each event, observation and checkpoint.
import type { Recorder } from '../scheduler/scheduler.ts';
import type { RunLine } from './format.ts';

const observationNames: Readonly<Record<number, string>> = { 16: 'bytes taken', 32: 'request done' };

export function recordRun(emit: (line: string) => void): Recorder {
  const labels: Map<number, string> = new Map();
  const write = (line: RunLine): void => emit(JSON.stringify(line));
  return {
    lane(key, label) {
      labels.set(key, label);
    },
    event(sequence, cause, timeUs, lane) {
      write({ type: 'event', at: timeUs, n: sequence, cause, lane: labels.get(lane) ?? String(lane) });
    },
    observation(sequence, timeUs, id, a, b) {
      const what = observationNames[id] ?? String(id);
      write({ type: 'observation', at: timeUs, n: sequence, what, a: labels.get(a) ?? a, b });
    },
    checkpoint(events, hash) {
      write({ type: 'checkpoint', events, hash });
    },
  };
}
