// A kubeconfig with one cluster and one user.

export function kubeconfigOf(
  url: string,
  certificateAuthority: string,
  token: string,
  namespace = 'default',
): string {
  return [
    'apiVersion: v1',
    'kind: Config',
    'current-context: tidegate',
    'clusters:',
    '  - name: tidegate',
    '    cluster:',
    `      server: ${url}`,
    `      certificate-authority-data: ${Buffer.from(certificateAuthority).toString('base64')}`,
    'users:',
    '  - name: tidegate',
    '    user:',
    `      token: ${token}`,
    'contexts:',
    '  - name: tidegate',
    '    context:',
    '      cluster: tidegate',
    '      user: tidegate',
    `      namespace: ${namespace}`,
    '',
  ].join('\n');
}
