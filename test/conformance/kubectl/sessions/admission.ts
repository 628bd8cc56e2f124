// Webhooks and policies: what is refused when the one who should be asked is not there.
import type { KubectlCase } from '../kubectl-case.ts';

const webhook = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks:
  - name: guard.example.com
    clientConfig: { url: 'https://127.0.0.1:1/check' }
    rules: [{ operations: [CREATE, UPDATE], apiGroups: [''], apiVersions: [v1], resources: [configmaps] }]
    namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: admission } }
    sideEffects: None
    timeoutSeconds: 5
    admissionReviewVersions: [v1]
`;

export const admission: readonly KubectlCase[] = [
  {
    args: 'apply -f -',
    input: webhook.replace('https:', 'http:'),
    exit: 1,
    shows: ['webhooks[0].clientConfig.url: Invalid value', "'https' is the only allowed URL scheme"],
  },
  {
    args: 'apply -f -',
    input: webhook.replace('sideEffects: None', 'sideEffects: Some'),
    exit: 1,
    shows: ['webhooks[0].sideEffects: Unsupported value: "Some"'],
  },
  {
    args: 'apply -f -',
    input: webhook,
    shows: ['validatingwebhookconfiguration.admissionregistration.k8s.io/guard created'],
  },
  { args: 'get validatingwebhookconfigurations', shows: [/NAME\s+WEBHOOKS\s+AGE\nguard\s+1/] },
  {
    args: 'create configmap one --from-literal=a=b',
    exit: 1,
    shows: [
      'Internal error occurred: failed calling webhook "guard.example.com": failed to call webhook: Post "https://127.0.0.1:1/check?timeout=5s"',
      'ECONNREFUSED',
    ],
  },
  { args: 'create configmap one --from-literal=a=b -n default', shows: ['configmap/one created'] },
  {
    args: 'patch validatingwebhookconfiguration guard --type=json -p [{"op":"replace","path":"/webhooks/0/failurePolicy","value":"Ignore"}]',
    shows: ['patched'],
  },
  { args: 'create configmap one --from-literal=a=b', shows: ['configmap/one created'] },
  {
    args: 'get validatingwebhookconfiguration guard -o jsonpath={.webhooks[0].matchPolicy}/{.webhooks[0].rules[0].scope}',
    shows: [/^Equivalent\/\*$/],
  },
  { args: 'delete validatingwebhookconfiguration guard', shows: ['deleted'] },
  { args: 'delete configmap one -n default', shows: ['deleted'] },
];
