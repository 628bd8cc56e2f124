// A user's mistake, tied to an object and a field. The sentences themselves are made in translate/problems.
import type { ObjectReference } from './object.ts';

export interface Problem {
  readonly object: ObjectReference;
  /** JSON path such as 'spec.rules[0].http.paths[1].path'; '' for the whole object. */
  readonly field: string;
  /** Machine-readable, CamelCase, used as the reason of the Event. */
  readonly reason: string;
  /** What is wrong and what to do, one sentence each. */
  readonly message: string;
}
