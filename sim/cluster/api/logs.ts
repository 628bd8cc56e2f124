// Where `kubectl logs` gets its text: handed in by whoever runs the pods.
import type { Result } from '../../../src/base/result.ts';

export interface LogOptions {
  /** '' = the pod's only container. */
  readonly container: string;
  readonly previous: boolean;
}

export interface PodLogs {
  /** Whole text so far, or the sentence why there is none. */
  read(namespace: string, pod: string, options: LogOptions): Result<string>;
}
