// Where in the product's source each stage of a change ends; each text stands there exactly once (test/unit/bench holds that).

export const places: readonly (readonly [file: string, text: string, stage: string])[] = [
  ['/src/control/control.ts', 'const changed = store.apply(event);', 'arrived'],
  ['/src/control/control.ts', 'const snapshot = store.snapshot();', 'round'],
  ['/src/control/control.ts', 'translations++;', 'translated'],
  ['/src/proxy/server/main.ts', 'const own = slots.apply(current, delta);', 'taken'],
  ['/src/proxy/server/main.ts', 'accepted = true;', 'swapped'],
];
