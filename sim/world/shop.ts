// The smallest shop worth rehearsing: one Deployment, its Service, and an Ingress for shop.example.
import type { StoredObject } from '../cluster/store-api.ts';

const labels = { app: 'shop' };
const named = { name: 'shop', namespace: 'default' };

export function shopDeployment(replicas: number, version: string): StoredObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...named, labels },
    spec: { replicas, selector: { matchLabels: labels }, template: shopTemplate(version) },
  };
}

export function shopTemplate(version: string): Readonly<Record<string, unknown>> {
  return {
    metadata: { labels: { ...labels, version } },
    spec: {
      terminationGracePeriodSeconds: 15,
      containers: [
        {
          name: 'shop',
          image: `example.com/shop:${version}`,
          ports: [{ name: 'http', containerPort: 8080 }],
          env: [{ name: 'POD_LATENCY_MS', value: '1-20' }],
          readinessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 1 },
        },
      ],
    },
  };
}

export const shopService: StoredObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: named,
  spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
};

export const shopClass: StoredObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'kong' },
  spec: { controller: 'ingress-controllers.konghq.com/kong' },
};

export const shopIngress: StoredObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: named,
  spec: {
    ingressClassName: 'kong',
    rules: [
      {
        host: 'shop.example',
        http: {
          paths: [
            { path: '/', pathType: 'Prefix', backend: { service: { name: 'shop', port: { number: 80 } } } },
          ],
        },
      },
    ],
  },
};
