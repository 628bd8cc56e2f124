// The order in which plugins run, as a list: Kong's PRIORITY descending, ties by name descending. A test pins it to the
// handlers' own numbers, so that a new plugin cannot slip in at a surprising place.

export const pluginOrder: readonly string[] = ['cors', 'key-auth', 'rate-limiting', 'request-transformer'];
