// One operation of the script: what is asked, how it must end by what is known, and what is known afterwards.
import type fc from 'fast-check';
import type { KindName, Model, WritableModel } from './model.ts';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly type?: string;
  readonly accept?: string;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  /** null: no JSON. */
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly warning: string;
}

/** What every operation draws; each uses what it needs. */
export interface Draw {
  readonly kind: KindName;
  readonly name: string;
  readonly color: string;
  readonly value: number;
  /** Between 0 and 9, for whatever else there is to choose. */
  readonly choice: number;
}

export interface Operation {
  readonly name: string;
  /** How often, relative to the others. */
  readonly weight: number;
  /** False where it makes no sense in this state. */
  readonly fits?: (model: Model, draw: Draw) => boolean;
  request(model: Model, draw: Draw): Request;
  /** HTTP status that the rules of Kubernetes ask for. */
  wanted(model: Model, draw: Draw): number;
  /** What is wrong with an answer of the right status, or null. */
  judge?: (model: Model, draw: Draw, answer: Answer) => string | null;
  learn?: (model: WritableModel, draw: Draw, answer: Answer) => void;
}

export type DrawArbitrary = fc.Arbitrary<Draw>;
