// One wrong entity and what Kong says about it.

/**
 * The entity as submitted, then every error of it: 'field: sentence', where positions count from one and '@entity' is the whole.
 * A sentence that ends in '…' goes on with the words of a library.
 */
export type Wrong = readonly [entity: Readonly<Record<string, unknown>>, ...errors: string[]];

export const conditional = (field: string): string =>
  `@entity: failed conditional validation given value of field '${field}'`;
