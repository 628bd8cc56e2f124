// All webhooks of a cluster, in the order in which they are asked: by the name of their configuration, then as listed.
import type { HttpClient } from '../../../src/ports/http.ts';
import type { Store } from '../store.ts';
import type { StoredObject } from '../store-api.ts';
import { type BoundPolicy, boundPolicies } from './policy.ts';
import {
  type Operation,
  ruleMatches,
  type Subject,
  type Webhook,
  type WebhookClientConfig,
  webhooksOf,
} from './webhook.ts';

/** How webhooks are reached: by whoever owns sockets. */
export interface WebhookClients {
  /** A client that is used for one request, or the sentence why there is none. */
  open(config: WebhookClientConfig): (HttpClient & { close(): void }) | string;
}

export interface Webhooks {
  readonly clients: WebhookClients | null;
  /** False for nearly every write: nobody wants to be asked. */
  concern(address: Addressed, operation: Operation): boolean;
  matching(kind: Webhook['kind'], address: Addressed, operation: Operation): readonly Webhook[];
  policies(address: Addressed, operation: Operation): readonly BoundPolicy[];
}

export interface Addressed {
  readonly definition: {
    readonly group: string;
    readonly version: string;
    readonly plural: string;
    readonly namespaced: boolean;
  };
  readonly subresource: string | undefined;
  readonly name: string | undefined;
}

const resources = {
  mutating: 'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  validating: 'validatingwebhookconfigurations.admissionregistration.k8s.io',
} as const;

const bindings = 'validatingadmissionpolicybindings.admissionregistration.k8s.io';

const parsed: WeakMap<StoredObject, readonly Webhook[]> = new WeakMap();

function parsedOf(configuration: StoredObject): readonly Webhook[] {
  let webhooks = parsed.get(configuration);
  if (webhooks === undefined) {
    webhooks = webhooksOf(configuration);
    parsed.set(configuration, webhooks);
  }
  return webhooks;
}

export function createWebhooks(store: Store, clients: WebhookClients | null): Webhooks {
  const versionsOf = ({ definition, subresource, name = '' }: Addressed): readonly Subject[] => {
    const { group, plural, namespaced } = definition;
    const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
    return store
      .definitions()
      .filter((one) => one.group === group && one.plural === plural)
      .map(({ version }) => ({ group, version, resource, namespaced, name }));
  };
  const matching = (kind: Webhook['kind'], address: Addressed, operation: Operation): readonly Webhook[] => {
    // A webhook that could refuse its own repair would lock everybody out.
    if (address.definition.group === 'admissionregistration.k8s.io') return [];
    const all = store.table(resources[kind]).list(undefined).flatMap(parsedOf);
    if (all.length === 0) return all;
    const subjects = versionsOf(address);
    const asked = subjects.filter(({ version }) => version === address.definition.version);
    return all.filter((webhook) =>
      (webhook.matchesEquivalent ? subjects : asked).some((one) =>
        ruleMatches(webhook.rules, operation, one),
      ),
    );
  };
  const policies = (address: Addressed, operation: Operation): readonly BoundPolicy[] =>
    address.definition.group === 'admissionregistration.k8s.io' ||
    store.table(bindings).list(undefined).length === 0
      ? []
      : boundPolicies(store, operation, versionsOf(address));
  return {
    clients,
    concern: (address, operation) =>
      matching('mutating', address, operation).length > 0 ||
      matching('validating', address, operation).length > 0 ||
      policies(address, operation).length > 0,
    matching,
    policies,
  };
}
