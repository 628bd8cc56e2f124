// Which certificate a client is shown: for one name the oldest Ingress whose Secret holds a usable pair.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  all,
  type ClusterObjects,
  find,
  isOurs,
  oldestFirst,
  type PlainSecret,
  secretValue,
} from './objects.ts';

export interface ExpectedCertificate {
  /** 'namespace/name' of the Secret. */
  readonly secret: string;
  readonly uid: string;
  readonly cert: string;
  readonly key: string;
}

/** Stored objects never change, and reading a pair costs more than all else here. */
const usable = new WeakMap<PlainSecret, boolean>();

function holdsPair(secret: PlainSecret): boolean {
  let holds = usable.get(secret);
  if (holds === undefined) {
    try {
      const certificate = new X509Certificate(secretValue(secret, 'tls.crt') ?? '');
      holds = certificate.checkPrivateKey(createPrivateKey(secretValue(secret, 'tls.key') ?? ''));
    } catch {
      holds = false;
    }
    usable.set(secret, holds);
  }
  return holds;
}

/** Server name, in lower case, to what is shown for it; '*.example' stands for one label more. */
export function expectedCertificates(objects: ClusterObjects): ReadonlyMap<string, ExpectedCertificate> {
  const shown: Map<string, ExpectedCertificate> = new Map();
  for (const ingress of oldestFirst(all(objects, 'ingresses.networking.k8s.io'))) {
    if (!isOurs(objects, ingress, ingress.spec?.ingressClassName)) continue;
    for (const { hosts = [], secretName = '' } of ingress.spec?.tls ?? []) {
      const secret = find(objects, 'secrets', ingress.metadata.namespace ?? '', secretName);
      if (secret === null || !holdsPair(secret)) continue;
      for (const host of hosts) {
        const name = host.toLowerCase();
        if (shown.has(name)) continue;
        shown.set(name, {
          secret: `${secret.metadata.namespace}/${secret.metadata.name}`,
          uid: secret.metadata.uid ?? '',
          cert: secretValue(secret, 'tls.crt')!.trim(),
          key: secretValue(secret, 'tls.key')!.trim(),
        });
      }
    }
  }
  return shown;
}

/** null: the default certificate of the gateway. */
export function certificateFor(
  shown: ReadonlyMap<string, ExpectedCertificate>,
  serverName: string,
): ExpectedCertificate | null {
  const name = serverName.toLowerCase();
  return shown.get(name) ?? shown.get(name.replace(/^[^.]+/, '*')) ?? null;
}
