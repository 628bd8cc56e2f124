// How the embedded cluster reaches admission webhooks: by URL, or by the Service that they stand behind.
import type { WebhookClientConfig } from '../../sim/cluster/admission/webhook.ts';
import type { WebhookClients } from '../../sim/cluster/admission/webhooks.ts';
import type { ClusterStore, StoredObject } from '../../sim/cluster/store-api.ts';
import { createHttpClient } from '../io/http-client.ts';

type WebhookService = NonNullable<WebhookClientConfig['service']>;

interface ServicePort {
  readonly name?: string;
  readonly port: number;
}

interface EndpointSlice {
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    readonly conditions?: { readonly ready?: boolean };
  }[];
  readonly ports?: readonly { readonly name?: string; readonly port?: number }[];
}

/** 'address:port' of the first endpoint that is ready, or the sentence why there is none. */
function endpointOf(store: ClusterStore, service: WebhookService): { readonly host: string } | string {
  const { namespace, name, port } = service;
  const object = store.get('services', namespace, name);
  if (object === null) return `service "${name}" not found`;
  const ports = (object.spec?.['ports'] ?? []) as readonly ServicePort[];
  const wanted = ports.find((one) => one.port === port);
  if (wanted === undefined) return `service "${name}" has no port ${port}`;
  const slices = store.list('endpointslices.discovery.k8s.io', {
    namespace,
    labelSelector: `kubernetes.io/service-name=${name}`,
  }) as readonly (StoredObject & EndpointSlice)[];
  for (const slice of slices) {
    const target = slice.ports?.find((one) => (one.name ?? '') === (wanted.name ?? ''))?.port;
    const ready = slice.endpoints?.find(({ conditions }) => conditions?.ready !== false);
    const address = ready?.addresses[0];
    if (target !== undefined && address !== undefined)
      return { host: `${address.includes(':') ? `[${address}]` : address}:${target}` };
  }
  return `no endpoints available for service "${name}"`;
}

export function createWebhookClients(store: () => ClusterStore): WebhookClients {
  return {
    open({ service, url = '', certificateAuthority }) {
      const ca = certificateAuthority === null ? {} : { ca: certificateAuthority };
      if (service === undefined) {
        const { protocol, origin } = new URL(url);
        if (protocol !== 'https:') return 'the URL has to begin with https://';
        return createHttpClient({ url: origin, tls: () => ({ verify: true, ...ca }) });
      }
      const endpoint = endpointOf(store(), service);
      if (typeof endpoint === 'string') return endpoint;
      const serverName = `${service.name}.${service.namespace}.svc`;
      return createHttpClient({
        url: `https://${endpoint.host}`,
        tls: () => ({ verify: true, serverName, ...ca }),
        headers: () => ({ host: `${serverName}:${service.port}` }),
      });
    },
  };
}
