// The three reflection functions that the container inside @peculiar/x509 asks for when it is loaded; import before it.

type Metadata = Map<unknown, unknown>;
const metadataByTarget = new WeakMap<object, Metadata>();

function findMetadata(key: unknown, target: object): unknown {
  for (let holder: object | null = target; holder !== null; holder = Object.getPrototypeOf(holder)) {
    const metadata = metadataByTarget.get(holder);
    if (metadata?.has(key)) return metadata.get(key);
  }
  return undefined;
}

function defineMetadata(key: unknown, value: unknown, target: object): void {
  let metadata = metadataByTarget.get(target);
  if (metadata === undefined) {
    metadata = new Map();
    metadataByTarget.set(target, metadata);
  }
  metadata.set(key, value);
}

if (!('getMetadata' in Reflect)) {
  Object.assign(Reflect, {
    getMetadata: findMetadata,
    getOwnMetadata: (key: unknown, target: object) => metadataByTarget.get(target)?.get(key),
    defineMetadata,
  });
}
