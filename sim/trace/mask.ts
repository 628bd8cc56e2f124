// Data of Secrets does not go into a trace's log of the store: what is masked still says how long it was.

function maskMap(map: unknown): unknown {
  if (typeof map !== 'object' || map === null) return map;
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => [key, `(${String(value).length} characters)`]),
  );
}

const applied = 'kubectl.kubernetes.io/last-applied-configuration';

interface SecretLike {
  readonly kind?: unknown;
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly data?: unknown;
  readonly stringData?: unknown;
}

export function masked(object: SecretLike): unknown {
  if (object.kind !== 'Secret') return object;
  const { annotations } = object.metadata ?? {};
  const hidden =
    annotations?.[applied] === undefined ? annotations : { ...annotations, [applied]: '(masked)' };
  return {
    ...object,
    metadata: { ...object.metadata, ...(hidden === undefined ? {} : { annotations: hidden }) },
    ...(object.data === undefined ? {} : { data: maskMap(object.data) }),
    ...(object.stringData === undefined ? {} : { stringData: maskMap(object.stringData) }),
  };
}
