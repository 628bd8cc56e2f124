// The Kubernetes API of a kubeconfig or of the pod we run in: transport by undici, credentials by the official client.
import { readFileSync } from 'node:fs';
import type { KubeConfig } from '@kubernetes/client-node';
import type { KubeApi } from '../ports/kube-api.ts';
import { type ClosableHttpClient, createHttpClient } from './http-client.ts';

export interface KubeApiOptions {
  /** Path; undefined: KUBECONFIG, then ~/.kube/config, then the pod's service account. */
  readonly kubeconfig?: string;
  /** Its text, instead of a file. */
  readonly kubeconfigText?: string;
  readonly context?: string;
}

export interface KubeConnection {
  readonly api: KubeApi;
  /** Of the context or of the service account. */
  readonly namespace: string;
  readonly server: string;
  /** The same server without credentials: whoever calls through it brings their own. */
  withoutCredentials(): ClosableHttpClient;
  close(): void;
}

/** Tokens and certificates are renewed on disk; exec plugins hand out short ones. */
const refreshMs = 60_000;
const namespaceFile = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

function podNamespace(): string {
  try {
    return readFileSync(namespaceFile, 'utf8').trim() || 'default';
  } catch {
    return 'default';
  }
}

/** What the library makes up where it finds nothing: a server that nobody has. */
const madeUpContext = 'loaded-context';

/** Errors name the file and the place, never the text there: it holds keys and tokens. */
function loadKubeconfig(config: KubeConfig, { kubeconfig, kubeconfigText }: KubeApiOptions): void {
  try {
    if (kubeconfigText !== undefined) config.loadFromString(kubeconfigText);
    else if (kubeconfig !== undefined) config.loadFromFile(kubeconfig);
    else config.loadFromDefault();
  } catch (error) {
    const { code, mark } = error as { readonly code?: unknown; readonly mark?: { readonly line: number } };
    const name = kubeconfig ?? process.env['KUBECONFIG'] ?? '~/.kube/config';
    const place = mark === undefined ? name : `${name}:${mark.line + 1}`;
    throw new Error(
      typeof code === 'string' ? `${name}: cannot be read (${code})` : `${place}: not a kubeconfig`,
    );
  }
  if (kubeconfig === undefined && config.getCurrentContext() === madeUpContext)
    throw new Error('there is no kubeconfig (KUBECONFIG, ~/.kube/config), and this is not a pod');
}

export async function createKubeApi(options: KubeApiOptions = {}): Promise<KubeConnection> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  loadKubeconfig(config, options);
  if (options.context !== undefined) config.setCurrentContext(options.context);
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    const which = options.context === undefined ? 'its current context' : `the context '${options.context}'`;
    throw new Error(`the kubeconfig names no cluster for ${which}`);
  }

  /** Authority, client certificate and headers as they are now: files are read anew. */
  const credentials = async () => {
    const request: { headers: Record<string, string>; [member: string]: unknown } = { headers: {} };
    await config.applyToHTTPSOptions(request as Parameters<typeof config.applyToHTTPSOptions>[0]);
    const text = (value: unknown): string | undefined =>
      typeof value === 'string' ? value : Buffer.isBuffer(value) ? value.toString('utf8') : undefined;
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = String(value);
    return { headers, ca: text(request['ca']), cert: text(request['cert']), key: text(request['key']) };
  };
  let current = await credentials();
  const timer = setInterval(() => {
    credentials().then(
      (fresh) => {
        current = fresh;
      },
      // The old ones stay in use; the server says when they are no longer good.
      () => {},
    );
  }, refreshMs);
  timer.unref();
  const client = createHttpClient({
    url: cluster.server,
    headers: () => current.headers,
    tls: () => ({
      verify: cluster.skipTLSVerify !== true,
      ...(current.ca === undefined ? {} : { ca: current.ca }),
      ...(current.cert === undefined ? {} : { cert: current.cert }),
      ...(current.key === undefined ? {} : { key: current.key }),
      ...(cluster.tlsServerName ? { serverName: cluster.tlsServerName } : {}),
    }),
  });
  const context = config.getContextObject(config.getCurrentContext());
  return {
    api: client,
    namespace: context?.namespace ?? podNamespace(),
    server: cluster.server,
    withoutCredentials: () =>
      createHttpClient({
        url: cluster.server,
        tls: () => ({
          verify: cluster.skipTLSVerify !== true,
          ...(current.ca === undefined ? {} : { ca: current.ca }),
          ...(cluster.tlsServerName ? { serverName: cluster.tlsServerName } : {}),
        }),
      }),
    close() {
      clearInterval(timer);
      client.close();
    },
  };
}
