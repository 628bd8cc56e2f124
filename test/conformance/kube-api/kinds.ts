// The kinds that the script writes: one without rules, one with defaults, one of its own with a status and rules.
import type { KindName } from './model.ts';

export const namespace = 'tidegate-kube-api';
export const group = 'kube-api.tidegate.dev';

/** Of all objects of the script, so that nothing else of the namespace gets into its lists. */
export const suiteLabel = 'suite=kube-api';

export const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `widgets.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                'x-kubernetes-validations': [
                  { rule: '!has(self.size) || self.size < 10', message: 'size must be below 10' },
                ],
                properties: {
                  size: { type: 'integer', minimum: 0 },
                  shape: { type: 'string', default: 'round' },
                  parts: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                    items: {
                      type: 'object',
                      required: ['name'],
                      properties: { name: { type: 'string' }, count: { type: 'integer' } },
                    },
                  },
                },
              },
              status: { type: 'object', properties: { ready: { type: 'integer' } } },
            },
          },
        },
      },
    ],
  },
} as const;

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Path of the collection. */
  readonly path: string;
  /** The members that a value between 0 and 3 makes. */
  content(value: number): Readonly<Record<string, unknown>>;
}

export const kinds: Readonly<Record<KindName, Kind>> = {
  configmaps: {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    path: `/api/v1/namespaces/${namespace}/configmaps`,
    content: (value) => ({ data: { value: String(value) } }),
  },
  services: {
    apiVersion: 'v1',
    kind: 'Service',
    path: `/api/v1/namespaces/${namespace}/services`,
    content: (value) => ({
      spec: { selector: { app: 'none' }, ports: [{ name: 'http', port: 80 + value }] },
    }),
  },
  widgets: {
    apiVersion: `${group}/v1`,
    kind: 'Widget',
    path: `/apis/${group}/v1/namespaces/${namespace}/widgets`,
    content: (value) => ({ spec: { size: value, parts: [{ name: `part-${value}`, count: value }] } }),
  },
};

export const finalizer = 'kube-api.tidegate.dev/hold';

export function objectOf(
  kind: KindName,
  name: string,
  color: string,
  value: number,
  metadata: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const { apiVersion, kind: kindName, content } = kinds[kind];
  const labels = { suite: 'kube-api', color };
  return { apiVersion, kind: kindName, metadata: { name, labels, ...metadata }, ...content(value) };
}
