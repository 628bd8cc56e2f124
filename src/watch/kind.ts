// What the reflector must know about a kind to follow it, and the paths it asks for.

export interface FollowedKind {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Plural, as in the path. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** False: part of every cluster, so a 404 is a fault of the server and never means "no objects". */
  readonly custom: boolean;
}

/** '/apis/networking.k8s.io/v1/ingresses', or below one namespace. */
export function collectionPath(kind: FollowedKind, namespace: string | null): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const scope = namespace === null || !kind.namespaced ? '' : `/namespaces/${namespace}`;
  return `${root}${scope}/${kind.plural}`;
}

export function apiVersionOf(kind: FollowedKind): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

/** 'ingresses.networking.k8s.io', for logs and metrics. */
export function resourceName(kind: FollowedKind): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
}
