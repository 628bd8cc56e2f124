// A built-in kind in one line of the table, and the definition that it stands for.
import type { NameRule } from '../object-names.ts';

export interface Row {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly short?: string;
  readonly namespaced: boolean;
  /** 's' status, 'c' scale, 'g' generation without a status subresource. */
  readonly traits?: string;
  readonly all?: boolean;
  readonly names?: NameRule;
  readonly fields?: readonly string[];
  /** Name of the schema where it is not the kind. */
  readonly schema?: string;
  /** What whoever writes one is told: that nothing here acts on it. */
  readonly idle?: string;
}
