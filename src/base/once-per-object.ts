// Readings of objects that never change, such as decoded ones.
/** `read`, but once for each object, which must never change; forgotten with it. */
export function oncePerObject<Source extends object, Reading>(
  read: (source: Source) => Reading,
): (source: Source) => Reading {
  const known = new WeakMap<Source, { readonly reading: Reading }>();
  return (source) => {
    let entry = known.get(source);
    if (entry === undefined) {
      entry = { reading: read(source) };
      known.set(source, entry);
    }
    return entry.reading;
  };
}
