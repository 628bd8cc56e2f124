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

/** Reading a pair costs more than all else here, and the same few come in history after history. */
const usable = new Map<string, boolean>();
const usableMax = 256;

function isPair(cert: string, key: string): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/** The Secret has a certificate and the key that belongs to it. */
export function holdsPair(secret: PlainSecret): boolean {
  const cert = secret.data?.['tls.crt'] ?? '';
  const key = secret.data?.['tls.key'] ?? '';
  const known = usable.get(`${cert} ${key}`);
  if (known !== undefined) return known;
  if (usable.size >= usableMax) usable.clear();
  const holds = isPair(secretValue(secret, 'tls.crt') ?? '', secretValue(secret, 'tls.key') ?? '');
  usable.set(`${cert} ${key}`, holds);
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
