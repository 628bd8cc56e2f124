// Kinds of objects by the words that scenarios use for them: `deployment/shop`, `ingress/blog`.
import { hint } from './nearest.ts';
import { type Shape, word } from './shape.ts';

export interface KindWord {
  readonly kind: string;
  readonly resource: string;
  readonly namespaced: boolean;
}

const kind = (name: string, resource: string, namespaced = true): KindWord => ({
  kind: name,
  resource,
  namespaced,
});

export const kindWords: Readonly<Record<string, KindWord>> = {
  deployment: kind('Deployment', 'deployments.apps'),
  service: kind('Service', 'services'),
  ingress: kind('Ingress', 'ingresses.networking.k8s.io'),
  ingressclass: kind('IngressClass', 'ingressclasses.networking.k8s.io', false),
  secret: kind('Secret', 'secrets'),
  plugin: kind('KongPlugin', 'kongplugins.configuration.konghq.com'),
  consumer: kind('KongConsumer', 'kongconsumers.configuration.konghq.com'),
  consumergroup: kind('KongConsumerGroup', 'kongconsumergroups.configuration.konghq.com'),
  vault: kind('KongVault', 'kongvaults.configuration.konghq.com', false),
  endpointslice: kind('EndpointSlice', 'endpointslices.discovery.k8s.io'),
  pod: kind('Pod', 'pods'),
  namespace: kind('Namespace', 'namespaces', false),
};

/** One object of the cluster. */
export interface ObjectName extends KindWord {
  /** '' for objects of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
}

const pattern = '^[a-z]+/[a-z0-9]([a-z0-9.-]*[a-z0-9])?(/[a-z0-9]([a-z0-9.-]*[a-z0-9])?)?$';

export function parseObjectName(text: string): ObjectName | string {
  if (!new RegExp(pattern).test(text)) return `'${text}' is not written as kind/name or kind/namespace/name`;
  const [word, first, second] = text.split('/') as [string, string, string | undefined];
  if (!Object.hasOwn(kindWords, word))
    return `there is no kind '${word}'${hint(word, Object.keys(kindWords))}`;
  const found = kindWords[word]!;
  if (!found.namespaced) return { ...found, namespace: '', name: second ?? first };
  return { ...found, namespace: second === undefined ? 'default' : first, name: second ?? first };
}

export const objectName: Shape<ObjectName> = word(
  'an object such as deployment/shop (of namespace default) or deployment/web/shop',
  { type: 'string', pattern },
  (value) => {
    const parsed = parseObjectName(String(value));
    return typeof parsed === 'string' ? parsed : { value: parsed };
  },
);

/** As people write it: the namespace default goes without saying. */
export function textOf({ kind: name, namespace, name: own }: ObjectName): string {
  const kindWord = Object.keys(kindWords).find((one) => kindWords[one]!.kind === name)!;
  return namespace === '' || namespace === 'default'
    ? `${kindWord}/${own}`
    : `${kindWord}/${namespace}/${own}`;
}

/** The same as the key of a map. */
export const objectKey: Shape<string> = {
  ...objectName,
  read(node, reading) {
    const name = objectName.read(node, reading);
    return name === undefined ? undefined : textOf(name);
  },
};
