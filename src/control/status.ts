// The load balancer addresses in the status of Ingresses: what is there, what should be there, and the patch between.
import { canonicalJson } from '../base/order.ts';
import type { Ingress } from '../kube/ingress.ts';
import type { KubeObject, ObjectReference } from '../kube/object.ts';
import type { StoreEvent } from '../store/store.ts';
import type { Write } from './writer.ts';

export interface StatusBook {
  /** True when patches may now be due. */
  observe(event: StoreEvent): boolean;
  patches(ingresses: readonly Ingress[]): readonly Write[];
  /** What was asked for may not have been written. */
  forgetAsked(): void;
  /** False when we know that the object is gone. */
  exists(object: ObjectReference): boolean;
}

interface Seen {
  readonly uid: string;
  /** status.loadBalancer.ingress as canonical text. */
  readonly addresses: string;
  readonly revision: string;
}

type Fields = Readonly<Record<string, unknown>>;
const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const keyOf = (object: KubeObject): string => `${object.metadata.namespace ?? ''}/${object.metadata.name}`;

function addressOf(text: string): Fields {
  return /^[\d.]+$/.test(text) || text.includes(':') ? { ip: text } : { hostname: text };
}

/** As KIC: what the load balancer got, else the cluster IPs. */
function addressesOfService(service: KubeObject): readonly Fields[] {
  const { spec, status } = service as KubeObject & { spec?: unknown; status?: unknown };
  const balanced = list(fields(fields(status).loadBalancer).ingress).map((entry) => {
    const { ip, hostname } = fields(entry);
    return typeof ip === 'string' && ip !== '' ? { ip } : { hostname };
  });
  if (balanced.length > 0) return balanced;
  const { clusterIPs, externalIPs } = fields(spec);
  const own = list(externalIPs).length > 0 ? list(externalIPs) : list(clusterIPs);
  return own.filter((ip) => typeof ip === 'string' && ip !== '' && ip !== 'None').map((ip) => ({ ip }));
}

export function createStatusBook(publishService: string, publishAddresses: readonly string[]): StatusBook {
  const seen = new Map<string, Seen>();
  /** Asked for already, at this revision: not again until the object changes. */
  const asked = new Map<string, string>();
  let wanted: readonly Fields[] = publishAddresses.map(addressOf);

  const note = (object: KubeObject): void => {
    const status = fields((object as KubeObject & { status?: unknown }).status);
    seen.set(keyOf(object), {
      uid: object.metadata.uid ?? '',
      addresses: canonicalJson(list(fields(status.loadBalancer).ingress)),
      revision: object.metadata.resourceVersion ?? '',
    });
  };
  const learn = (object: KubeObject): boolean => {
    if (object.kind === 'Ingress') note(object);
    else if (object.kind === 'Service' && publishAddresses.length === 0 && keyOf(object) === publishService)
      wanted = addressesOfService(object);
    else return false;
    return true;
  };
  return {
    observe(event) {
      if (event.type === 'bookmark') return false;
      if (event.type === 'upsert') return learn(event.object);
      if (event.type === 'delete') {
        if (event.object.kind !== 'Ingress') return false;
        seen.delete(keyOf(event.object));
        asked.delete(keyOf(event.object));
        return false;
      }
      if (event.kind === 'Ingress') {
        seen.clear();
        asked.clear();
      }
      return event.objects.map(learn).includes(true);
    },
    patches(ingresses) {
      if (wanted.length === 0) return [];
      const text = canonicalJson(wanted);
      const writes: Write[] = [];
      for (const { metadata } of ingresses) {
        const key = `${metadata.namespace}/${metadata.name}`;
        const now = seen.get(key);
        const mark = `${now?.uid}|${now?.revision}|${text}`;
        if (now === undefined || now.addresses === text || asked.get(key) === mark) continue;
        asked.set(key, mark);
        const path = `/apis/networking.k8s.io/v1/namespaces/${metadata.namespace}/ingresses/${metadata.name}/status`;
        writes.push({
          key: path,
          request: {
            method: 'PATCH',
            path,
            contentType: 'application/merge-patch+json',
            // The uid makes it a conflict when another object has taken the name.
            body: { metadata: { uid: now.uid }, status: { loadBalancer: { ingress: wanted } } },
          },
          onFailed: () => void asked.delete(key),
        });
      }
      return writes;
    },
    forgetAsked: () => asked.clear(),
    exists: (object) => object.kind !== 'Ingress' || seen.has(`${object.namespace}/${object.name}`),
  };
}
