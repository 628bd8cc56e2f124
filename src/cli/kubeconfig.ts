// The kubeconfig file that lets kubectl and our own client reach the embedded cluster.

export interface KubeconfigParts {
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  readonly token: string;
}

export function kubeconfigText(parts: KubeconfigParts): string {
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'tidegate',
    clusters: [
      {
        name: 'tidegate',
        cluster: {
          server: parts.url,
          'certificate-authority-data': Buffer.from(parts.ca).toString('base64'),
        },
      },
    ],
    users: [{ name: 'tidegate', user: { token: parts.token } }],
    contexts: [
      { name: 'tidegate', context: { cluster: 'tidegate', user: 'tidegate', namespace: 'default' } },
    ],
  };
  // JSON is YAML.
  return `${JSON.stringify(document, null, 2)}\n`;
}
