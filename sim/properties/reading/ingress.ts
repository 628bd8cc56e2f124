// What an Ingress asks for, read from the object as it stands in the store: claims of host and path, and its backends.
import type { KubeObject } from '../../../src/kube/object.ts';

export interface Claim {
  readonly host: string;
  readonly path: string;
  readonly pathType: string;
  readonly service: string;
  /** Number or name of the port, as text. */
  readonly port: string;
}

interface Backend {
  readonly service?: {
    readonly name?: string;
    readonly port?: { readonly number?: number; readonly name?: string };
  };
}

interface IngressLike extends KubeObject {
  readonly spec?: {
    readonly defaultBackend?: Backend;
    readonly tls?: readonly { readonly hosts?: readonly string[]; readonly secretName?: string }[];
    readonly rules?: readonly {
      readonly host?: string;
      readonly http?: {
        readonly paths?: readonly {
          readonly path?: string;
          readonly pathType?: string;
          readonly backend?: Backend;
        }[];
      };
    }[];
  };
}

function portOf({ service }: Backend): string {
  return service?.port?.name ?? String(service?.port?.number ?? '');
}

export function claimsOf(ingress: KubeObject): readonly Claim[] {
  const { spec } = ingress as IngressLike;
  return (spec?.rules ?? []).flatMap(({ host, http }) =>
    (http?.paths ?? []).map(({ path, pathType, backend }) => ({
      host: host ?? '',
      path: path ?? '/',
      pathType: pathType ?? '',
      service: backend?.service?.name ?? '',
      port: portOf(backend ?? {}),
    })),
  );
}

/** Names of the Services that it may lead to. */
export function servicesOf(ingress: KubeObject): ReadonlySet<string> {
  const { spec } = ingress as IngressLike;
  const fallback = spec?.defaultBackend?.service?.name;
  return new Set([
    ...claimsOf(ingress).map(({ service }) => service),
    ...(fallback === undefined ? [] : [fallback]),
  ]);
}

/** Server names with the Secret that shall serve them. */
export function tlsOf(ingress: KubeObject): readonly { readonly host: string; readonly secret: string }[] {
  const { spec } = ingress as IngressLike;
  return (spec?.tls ?? []).flatMap(({ hosts, secretName }) =>
    (hosts ?? []).map((host) => ({ host, secret: secretName ?? '' })),
  );
}

/** The path that Kong is given for a claim, by the documented rules; null where a name that is no plain path decides. */
export function kongPathOf({ path, pathType }: Claim): string | null {
  const trimmed = path.replace(/^\/+|\/+$/g, '');
  if (/[^\w/-]/.test(trimmed) || path.includes('//')) return null;
  if (pathType === 'Prefix') return trimmed === '' ? '/' : `/${trimmed}/`;
  if (pathType === 'Exact') return `~/${path.replace(/^\/+/, '')}$`;
  return path;
}
