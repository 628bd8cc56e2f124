// `tidegate dev`: embedded cluster, controller and proxy on this machine, and a page that shows what happens.

import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEnv } from '../io/env.ts';
import { visible } from '../io/log.ts';
import { clientCertificateOptionSpecs, clientCertificatesOf } from './client-certificate-options.ts';
import { type Combined, startCombined } from './combined.ts';
import type { Command, CommandInput } from './command.ts';
import { applyManifests } from './dev/apply-manifests.ts';
import { parseServiceRoute, type ServiceRoute, startServiceRoute } from './dev/service-route.ts';
import { type Session, showSession } from './dev/session.ts';
import { systemNameOptions } from './dns-options.ts';
import { type EmbeddedCluster, startEmbeddedCluster } from './embedded-cluster.ts';
import { exitOk } from './exit-codes.ts';
import { type Manifest, readManifests } from './manifests.ts';
import { demandWritable, writeOutput } from './output-file.ts';
import { parseCount, parsePort } from './parse.ts';
import { readyFileOf, readyFileOption } from './ready-file.ts';
import { trustedOf, trustedOptionSpecs } from './trusted-options.ts';

/** Compiled files lie one folder deeper than sources. */
function pathInPackage(path: string): string {
  return fileURLToPath(
    new URL(`${import.meta.url.endsWith('.ts') ? '../..' : '../../..'}/${path}`, import.meta.url),
  );
}

const drainDeadlineMs = 10_000;

const ingressClass = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'kong', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
  spec: { controller: 'ingress-controllers.konghq.com/kong' },
};

interface Plan {
  readonly manifests: readonly Manifest[];
  readonly routes: readonly ServiceRoute[];
  readonly isSample: boolean;
  readonly kubeconfig: string;
  readonly tellReady: (ready: object) => void;
  readonly ports: {
    readonly api: number;
    readonly proxy: number;
    readonly proxyTls: number;
    readonly admin: number;
  };
  readonly statusPort: number | null;
  readonly workers: number;
  readonly clients: ReturnType<typeof trustedOf> & ReturnType<typeof clientCertificatesOf>;
}

function readPlan(input: CommandInput): Plan {
  const { options } = input;
  const files = options['filename'] as readonly string[];
  const routes = (options['route'] as readonly string[]).map(parseServiceRoute);
  return {
    manifests: readManifests(files.length === 0 ? [pathInPackage('samples/shop.yaml')] : files),
    routes,
    isSample: files.length === 0,
    kubeconfig: String(options['kubeconfig']),
    tellReady: readyFileOf(input),
    ports: {
      api: parsePort(input, 'api-port'),
      proxy: parsePort(input, 'proxy-port'),
      proxyTls: parsePort(input, 'proxy-tls-port'),
      admin: parsePort(input, 'admin-port'),
    },
    statusPort: options['status-port'] === undefined ? null : parsePort(input, 'status-port'),
    workers: parseCount(input, 'workers', 1, Math.max(64, availableParallelism())),
    clients: { ...trustedOf(input), ...clientCertificatesOf(input) },
  };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Puts the user's objects into the cluster and says what will not happen with them. */
function fill(cluster: EmbeddedCluster, plan: Plan): void {
  cluster.api.store.create('ingressclasses.networking.k8s.io', ingressClass);
  const applied = applyManifests(cluster.api, plan.manifests);
  for (const line of applied.refused) say(`not applied: ${visible(line)}`);
  for (const kind of applied.unknownKinds) say(`not applied: no such kind in this cluster: ${kind}`);
  if (!plan.isSample) {
    say(`${applied.count} objects applied`);
    if (applied.hasImages) {
      say('images are not run: each pod is a small server that answers on every containerPort and probe');
    }
  }
  for (const route of plan.routes) {
    if (cluster.api.store.get('services', route.namespace, route.service) === null) {
      say(
        `--route: there is no Service ${route.namespace}/${route.service} yet; it is routed when it appears`,
      );
    }
    startServiceRoute(cluster.api.store, route, say);
  }
}

async function startControlAndProxy(plan: Plan, kubeconfigText: string): Promise<Combined> {
  const { createKubeApi } = await import('../io/kube-api.ts');
  const { names, dns } = systemNameOptions();
  const env = createEnv({ format: 'text', level: 'warn' }, dns);
  const connection = await createKubeApi({ kubeconfigText });
  return startCombined(env, {
    api: connection.api,
    gateway: {
      host: '127.0.0.1',
      proxyPort: plan.ports.proxy,
      proxyTlsPort: plan.ports.proxyTls,
      admin: { host: '127.0.0.1', port: plan.ports.admin },
      statusHost: '127.0.0.1',
      statusPort: plan.statusPort,
      workers: plan.workers,
      accessLog: 'off',
      names,
      ...plan.clients,
      log: { format: 'text', level: 'warn' },
      writeAccessLines: (_lines, taken) => taken(),
    },
    controller: { leader: null, tell: { publishAddresses: ['127.0.0.1'] } },
  });
}

function describe(plan: Plan, cluster: EmbeddedCluster, combined: Combined): Session {
  const { gateway } = combined;
  const hosts = plan.manifests
    .filter((manifest) => manifest.object.kind === 'Ingress')
    .flatMap(
      (manifest) =>
        (manifest.object as { spec?: { rules?: readonly { host?: string }[] } }).spec?.rules ?? [],
    )
    .map((rule) => rule.host)
    .filter((host) => host !== undefined && !host.startsWith('*'));
  const deployment = plan.manifests.find((manifest) => manifest.object.kind === 'Deployment')?.object
    .metadata;
  const kubectl = `KUBECONFIG=${relative(process.cwd(), plan.kubeconfig) || plan.kubeconfig} kubectl`;
  const namespace = deployment?.namespace === undefined ? '' : ` -n ${deployment.namespace}`;
  const host = plan.isSample ? 'shop.example' : hosts[0];
  return {
    cluster,
    controller: combined.controller,
    addresses: [
      ['proxy', `http://127.0.0.1:${gateway.httpPort}  https://127.0.0.1:${gateway.httpsPort}`],
      ['admin', String(gateway.adminUrl)],
      ['cluster', `${cluster.url}  (kubeconfig ${plan.kubeconfig})`],
    ],
    hints: [
      `curl ${host === undefined ? '' : `-H 'Host: ${host}' `}http://127.0.0.1:${gateway.httpPort}/`,
      `${kubectl} get ingress,services,pods -o wide${namespace}`,
      `${kubectl} scale deployment/${deployment?.name ?? 'NAME'} --replicas 10${namespace}`,
    ],
    // What the page sends has no header before it, and no certificate.
    traffic:
      plan.isSample && Object.keys(plan.clients).length === 0
        ? { port: gateway.httpPort, host: 'shop.example', path: '/' }
        : null,
  };
}

async function run(input: CommandInput): Promise<number> {
  const plan = readPlan(input);
  demandWritable(plan.kubeconfig);
  const env = createEnv({ format: 'text', level: 'warn' });
  const cluster = await startEmbeddedCluster({
    env,
    apiPort: plan.ports.api,
  });
  try {
    fill(cluster, plan);
    const combined = await startControlAndProxy(plan, cluster.kubeconfigText);
    try {
      // Not before all is up: the file may be that of another one that is running.
      writeOutput(plan.kubeconfig, cluster.kubeconfigText, 0o600);
      const { gateway } = combined;
      await showSession(describe(plan, cluster, combined), () => {
        const ready = {
          pid: process.pid,
          proxy: `http://127.0.0.1:${gateway.httpPort}`,
          proxyTls: `https://127.0.0.1:${gateway.httpsPort}`,
          admin: gateway.adminUrl,
          status: gateway.statusUrl,
          api: cluster.url,
          kubeconfig: plan.kubeconfig,
        };
        plan.tellReady(ready);
      });
    } finally {
      await combined.stop(drainDeadlineMs);
    }
  } finally {
    await cluster.stop();
  }
  // Idle connections of clients would keep the process; everything that matters has been drained.
  process.exit(exitOk);
}

const port = (fallback: string, help: string) =>
  ({ type: 'string', value: 'PORT', default: fallback, help: `${help}; 0 for any free one` }) as const;

export const command: Command = {
  name: 'dev',
  summary: 'embedded cluster, controller and proxy on this machine; kubectl works against it',
  usage: '',
  options: {
    filename: {
      type: 'string',
      short: 'f',
      multiple: true,
      value: 'PATH',
      help: 'manifests (file, folder, or - for standard input) instead of the sample shop',
    },
    route: {
      type: 'string',
      multiple: true,
      value: 'NAMESPACE/SERVICE=HOST:PORT',
      help: 'send a Service to a program of yours on this machine',
    },
    kubeconfig: {
      type: 'string',
      value: 'FILE',
      default: '.tidegate/kubeconfig',
      help: 'written when ready',
    },
    'proxy-port': port('8000', 'HTTP port of the proxy'),
    'proxy-tls-port': port('8443', 'HTTPS port of the proxy'),
    'admin-port': port('8001', 'port of the Admin API'),
    'status-port': { type: 'string', value: 'PORT', help: 'port of the status page; none by default' },
    'api-port': port('6443', 'port of the Kubernetes API'),
    workers: { type: 'string', value: 'N', default: '1', help: 'threads that serve' },
    ...trustedOptionSpecs,
    ...clientCertificateOptionSpecs,
    'ready-file': readyFileOption,
  },
  examples: [
    ['tidegate dev', 'the sample shop'],
    ['tidegate dev -f manifests/', 'your own manifests'],
    ['helm template my-chart | tidegate dev -f -', 'a chart, without a cluster'],
    ['tidegate dev --route default/shop=localhost:3000', 'the Service shop is the program on port 3000'],
  ],
  run,
};
