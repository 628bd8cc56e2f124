// Custom resources: several versions, short names, categories, columns, rules, subresources.
import type { KubectlCase } from '../kubectl-case.ts';

const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: shops.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { plural: shops, singular: shop, kind: Shop, shortNames: [sh], categories: [retail] }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              required: [size]
              x-kubernetes-validations:
                - { rule: 'self.size >= self.minimum', message: size is below the minimum }
              properties:
                size: { type: integer, minimum: 1, description: Number of tills. }
                minimum: { type: integer, default: 1 }
                kind:
                  type: string
                  enum: [big, small]
                  x-kubernetes-validations: [{ rule: self == oldSelf, message: kind is immutable }]
                open: { type: string, format: date-time }
                note: { type: string }
            status: { type: object, properties: { size: { type: integer }, selector: { type: string } } }
      subresources:
        status: {}
        scale: { specReplicasPath: .spec.size, statusReplicasPath: .status.size, labelSelectorPath: .status.selector }
      additionalPrinterColumns:
        - { name: Size, type: integer, jsonPath: .spec.size }
        - { name: Open, type: date, jsonPath: .spec.open }
        - { name: Note, type: string, jsonPath: .spec.note, priority: 1 }
    - name: v1beta1
      served: true
      storage: false
      deprecated: true
      deprecationWarning: use v1
      schema:
        openAPIV3Schema:
          type: object
          properties: { spec: { type: object, x-kubernetes-preserve-unknown-fields: true } }
`;

const shop = (name: string, spec: string): string =>
  `apiVersion: example.com/v1\nkind: Shop\nmetadata: { name: ${name} }\nspec: ${spec}\n`;

export const customResources: readonly KubectlCase[] = [
  { args: 'get shops', exit: 1, shows: ['the server doesn\'t have a resource type "shops"'] },
  {
    args: 'apply -f -',
    input: definition.replace('size >= self.minimum', 'size >='),
    exit: 1,
    shows: ['x-kubernetes-validations[0].rule: Invalid value', 'compilation failed'],
  },
  {
    args: 'apply -f -',
    input: definition.replace('name: shops.example.com', 'name: wrong.example.com'),
    exit: 1,
    shows: ['metadata.name: Invalid value: "wrong.example.com": must be spec.names.plural+"."+spec.group'],
  },
  {
    args: 'apply -f -',
    input: definition,
    shows: ['customresourcedefinition.apiextensions.k8s.io/shops.example.com created'],
  },
  { args: 'wait --for=condition=Established crd/shops.example.com --timeout=10s', shows: ['condition met'] },
  { args: 'api-resources --api-group=example.com', shows: [/shops\s+sh\s+example\.com\/v1\s+true\s+Shop/] },
  { args: 'api-versions', shows: ['example.com/v1\nexample.com/v1beta1'] },
  { args: 'explain shop.spec.size', shows: ['FIELD: size <integer>', 'Number of tills.'] },
  {
    args: 'apply -f -',
    input: shop('one', '{ size: 3, kind: big, note: hi, open: "2020-01-01T00:00:00Z" }'),
    shows: ['shop.example.com/one created'],
  },
  {
    args: 'apply -f -',
    input: shop('one', '{ size: 3, kind: big, note: hi, open: "2020-01-01T00:00:00Z" }'),
    shows: ['shop.example.com/one unchanged'],
  },
  { args: 'get sh', shows: [/NAME\s+SIZE\s+OPEN\none\s+3\s+\d+y/], hides: [/NOTE/] },
  { args: 'get shops -o wide', shows: [/NAME\s+SIZE\s+OPEN\s+NOTE\none\s+3\s+\S+\s+hi/] },
  { args: 'get retail', shows: ['one'] },
  { args: 'get shop one -o jsonpath={.spec.minimum}', shows: [/^1$/] },
  {
    args: 'get shops.v1beta1.example.com one -o jsonpath={.apiVersion}',
    shows: ['Warning: use v1', 'example.com/v1beta1'],
  },
  {
    args: 'apply -f -',
    input: shop('two', '{ kind: big }'),
    exit: 1,
    shows: [
      'The Shop "two" is invalid',
      'spec.size: Required value',
      'some validation rules were not checked',
    ],
  },
  {
    args: 'apply -f -',
    input: shop('two', '{ size: 0 }'),
    exit: 1,
    shows: ['spec.size in body should be greater than or equal to 1'],
  },
  {
    args: 'apply -f -',
    input: shop('two', '{ size: 2, minimum: 3 }'),
    exit: 1,
    shows: ['spec: Invalid value: "object": size is below the minimum'],
  },
  {
    args: 'apply -f -',
    input: shop('two', '{ size: 2, kind: huge }'),
    exit: 1,
    shows: ['spec.kind: Unsupported value: "huge": supported values: "big", "small"'],
  },
  {
    args: 'apply -f -',
    input: shop('two', '{ size: "2" }'),
    exit: 1,
    shows: ['spec.size in body must be of type integer: "string"'],
  },
  {
    args: 'apply -f -',
    input: shop('two', '{ size: 2, siez: 3 }'),
    exit: 1,
    shows: ['strict decoding error: unknown field "spec.siez"'],
  },
  {
    args: 'apply --validate=warn -f -',
    input: shop('two', '{ size: 2, siez: 3 }'),
    shows: ['Warning: unknown field "spec.siez"', 'created'],
  },
  { args: 'get shop two -o jsonpath={.spec.siez}', shows: [/^$/] },
  {
    args: 'patch shop one --type=merge -p {"spec":{"kind":"small"}}',
    exit: 1,
    shows: ['spec.kind: Invalid value: "string": kind is immutable'],
  },
  {
    args: 'patch shop one -p {"spec":{"size":4}}',
    exit: 1,
    shows: [/UnsupportedMediaType|not supported|unknown format/],
  },
  {
    args: 'patch shop one --type=merge --subresource=status -p {"status":{"size":2,"selector":"app=shop"},"spec":{"size":9}}',
    shows: ['patched'],
  },
  { args: 'get shop one -o jsonpath={.spec.size}/{.status.size}', shows: [/^3\/2$/] },
  { args: 'patch shop one --type=merge -p {"status":{"size":7}}', shows: ['patched (no change)'] },
  { args: 'scale shop one --replicas=5', shows: ['shop.example.com/one scaled'] },
  {
    args: 'get shop one --subresource=scale -o jsonpath={.spec.replicas}/{.status.replicas}/{.status.selector}',
    shows: [/^5\/2\/app=shop$/],
  },
  { args: 'get shop one -o jsonpath={.metadata.generation}', shows: [/^2$/] },
  { args: 'replace -f -', input: shop('one', '{ size: 5, kind: big }'), shows: ['replaced'] },
  {
    args: 'apply --server-side --field-manager=till -f -',
    input: shop('one', '{ size: 6 }'),
    exit: 1,
    shows: [/conflict with "kubectl[.\d]*" with subresource "scale" using example\.com\/v1: \.spec\.size/],
  },
  { args: 'describe shop one', shows: [/Kind:\s+Shop/, /Size:\s+5/] },
  { args: 'delete shops --all', shows: ['shop.example.com "one" deleted', 'shop.example.com "two" deleted'] },
  { args: 'apply -f -', input: shop('three', '{ size: 1 }'), shows: ['created'] },
  { args: 'delete crd shops.example.com --timeout=30s', shows: ['deleted'] },
  { args: 'get --raw /apis/example.com/v1/shops', exit: 1, shows: ['could not find the requested resource'] },
  { args: 'apply -f -', input: definition, shows: ['created'] },
  { args: 'get shops', shows: ['No resources found'] },
  { args: 'delete crd shops.example.com --timeout=30s', shows: ['deleted'] },
];
