// Manifests to a translation, and back to what is asserted.
import { parseManifests } from '../../../src/cli/manifests.ts';
import { createStore, type Store } from '../../../src/store/store.ts';
import { defaultOptions } from '../../../src/translate/options.ts';
import { translate } from '../../../src/translate/translate.ts';
import type { Translation } from '../../../src/translate/translation.ts';

export function fill(store: Store, yaml: string): void {
  for (const { object } of parseManifests(yaml, 'test')) store.apply({ type: 'upsert', object });
}

export function translateYaml(yaml: string, excluded: readonly string[] = []): Translation {
  const store = createStore();
  fill(store, yaml);
  return translate(store.snapshot(), { ...defaultOptions, excluded: new Set(excluded) }, null);
}

export interface IngressShape {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly host?: string;
  readonly path?: string;
  readonly pathType?: string;
}

/** Ingress, Service and slice, all of one name, for host '<name>.example'. */
export function app(name: string, shape: IngressShape = {}): string {
  const backend = `{ service: { name: ${name}, port: { number: 80 } } }`;
  const path = shape.path ?? '/';
  return `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: ${name}, namespace: default, annotations: ${JSON.stringify(shape.annotations ?? {})} }
spec:
  ingressClassName: kong
  rules:
    - host: ${JSON.stringify(shape.host ?? `${name}.example`)}
      http: { paths: [{ path: '${path}', pathType: ${shape.pathType ?? 'Prefix'}, backend: ${backend} }] }
---
${service(name)}${slice(name, '10.0.0.1')}`;
}

export function service(name: string, annotations: Readonly<Record<string, string>> = {}): string {
  return `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: default, annotations: ${JSON.stringify(annotations)} }
spec: { ports: [{ port: 80 }] }
---
`;
}

export function slice(name: string, ...addresses: readonly string[]): string {
  const endpoints = addresses.map((address) => `{ addresses: ['${address}'], conditions: { ready: true } }`);
  return `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: ${name}-1, namespace: default, labels: { kubernetes.io/service-name: ${name} } }
ports: [{ name: '', port: 8080, protocol: TCP }]
endpoints: [${endpoints.join(', ')}]
---
`;
}

export function plugin(name: string, kind: string, more = ''): string {
  return `
apiVersion: configuration.konghq.com/v1
kind: KongPlugin
metadata: { name: ${name}, namespace: default }
plugin: ${kind}
${more}
---
`;
}
