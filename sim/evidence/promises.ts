// What a scenario promises of all its requests together, as data: a figure, how it is compared, and with what.

export const measureNames = [
  'failed_requests',
  'requests',
  'answers',
  'receipts_per_request',
  'certificates',
  'closed_websockets',
] as const;

export type MeasureName = (typeof measureNames)[number];

export const comparisons = ['==', '!=', '<=', '>=', '<', '>'] as const;
export type Comparison = (typeof comparisons)[number];

export interface CountPromise {
  /** As a person wrote it: 'failed_requests(buyers) == 0'. */
  readonly text: string;
  readonly measure: MeasureName;
  /** Status of `answers`; 0 for all others. */
  readonly status: number;
  /** Groups of clients that it is about; a client 'buyers-1-3' belongs to the group 'buyers'. */
  readonly groups: readonly string[];
  readonly comparison: Comparison;
  readonly value: number;
}

export function compares(left: number, comparison: Comparison, right: number): boolean {
  switch (comparison) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<=':
      return left <= right;
    case '>=':
      return left >= right;
    case '<':
      return left < right;
    case '>':
      return left > right;
  }
}
