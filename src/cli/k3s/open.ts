// The cluster that scenarios run on: a k3s of our own in a container, or one that the user already has and has named.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Api } from '../../../scenarios/runner/k3s/api.ts';
import type { GateSide } from '../../../scenarios/runner/k3s/api-gates.ts';
import type { Reach } from '../../../scenarios/runner/k3s/reach.ts';
import { createKubeApi, type KubeConnection } from '../../io/kube-api.ts';
import { writeFileAtomically } from '../../io/storage.ts';
import type { CommandInput } from '../command.ts';
import { crdObjects } from '../deploy/manifests.ts';
import { CommandError, exitEnvironment, exitUsage } from '../exit-codes.ts';
import { textOption } from '../simulate/options.ts';
import { addressTowards } from './address-towards.ts';
import { startK3s } from './container.ts';
import { wantedImages } from './findings.ts';
import { formatLacks, type ImageOptions, inRegistry, lacksOf } from './images.ts';

export interface OpenCluster {
  readonly api: Api;
  readonly image: string;
  readonly reach: Reach;
  /** null: more than the namespaces of a run must not be touched. */
  readonly gate: GateSide | null;
  /** '' = a container of ours, that nobody else uses. */
  readonly context: string;
  close(): Promise<void>;
}

const readyWithinMs = 180_000;
const lookEveryMs = 500;

interface NodeLike {
  readonly status?: {
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

async function connect(options: Parameters<typeof createKubeApi>[0], where: string): Promise<KubeConnection> {
  try {
    return await createKubeApi(options);
  } catch (error) {
    throw new CommandError(exitEnvironment, `${where}: ${(error as Error).message}`);
  }
}

async function readNodes(api: Api): Promise<readonly NodeLike[]> {
  const reply = await api.call('GET', '/api/v1/nodes');
  return reply.status === 200 ? ((reply.body as { readonly items?: readonly NodeLike[] }).items ?? []) : [];
}

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

/** Pods of a cluster on this very machine are reached where they are; others through a node. */
async function reachOf(api: Api): Promise<Reach> {
  const addresses = (await readNodes(api)).flatMap(({ status }) => status?.addresses ?? []);
  const of = (type: string): string | undefined => addresses.find((one) => one.type === type)?.address;
  const host = of('ExternalIP') ?? of('InternalIP');
  if (host === undefined)
    throw new CommandError(exitEnvironment, 'no node of the cluster says at which address it is reached');
  return isLoopback(host) ? { by: 'pods' } : { by: 'nodes', host };
}

async function untilReady(api: Api): Promise<void> {
  const untilMs = performance.now() + readyWithinMs;
  for (;;) {
    const nodes = await readNodes(api);
    const isReady = nodes.some(({ status }) =>
      status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True'),
    );
    const account = await api.call('GET', '/api/v1/namespaces/default/serviceaccounts/default');
    if (isReady && account.status === 200) return;
    if (performance.now() > untilMs)
      throw new CommandError(exitEnvironment, `no node is ready after ${readyWithinMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

/** Kong's kinds, where the cluster does not have them. In a cluster of somebody else they have to be there. */
async function demandKinds(api: Api, mayMake: boolean): Promise<void> {
  if (api.find('kongplugins.configuration.konghq.com') !== null) return;
  if (!mayMake)
    throw new CommandError(
      exitEnvironment,
      "the cluster does not know Kong's kinds, which scenarios do not install: kubectl apply -f deploy/crds",
    );
  const { applyObject } = await import('../../../scenarios/runner/k3s/api.ts');
  for (const object of crdObjects())
    await applyObject(api, object as unknown as Readonly<Record<string, unknown>>);
}

interface OpenGateSide extends GateSide {
  close(): void;
}

/** Pods come to this machine at the address from which it goes to their node. */
async function gateOf(connection: KubeConnection, reach: Reach): Promise<OpenGateSide> {
  const api = connection.withoutCredentials();
  const host = reach.by === 'pods' ? '127.0.0.1' : await addressTowards(reach.host);
  return { host, api, close: () => api.close() };
}

/** A context has to be typed out: nobody's current one is taken for a place to delete namespaces in. */
function demandContext(input: CommandInput): string {
  const context = textOption(input, 'context');
  if (context === null)
    throw new CommandError(exitUsage, '--kubeconfig needs --context NAME: type out which cluster is meant');
  return context;
}

export async function openNamed(input: CommandInput, kubeconfig: string): Promise<OpenCluster> {
  const context = demandContext(input);
  const connection = await connect({ kubeconfig, context }, `${kubeconfig}, context ${context}`);
  const { connectApi } = await import('../../../scenarios/runner/k3s/api.ts');
  try {
    const api = await connectApi(connection.api);
    await demandKinds(api, false);
    const reach = await reachOf(api);
    const gate = input.options['allow-disruptive'] === true ? await gateOf(connection, reach) : null;
    return {
      api,
      image: inRegistry(textOption(input, 'image') ?? wantedImages.image, textOption(input, 'registry')),
      reach,
      gate,
      context,
      async close() {
        gate?.close();
        connection.close();
      },
    };
  } catch (error) {
    connection.close();
    if (error instanceof CommandError) throw error;
    throw new CommandError(exitEnvironment, `context ${context}: ${(error as Error).message}`);
  }
}

function imageOptionsOf(input: CommandInput): ImageOptions {
  const registry = textOption(input, 'registry');
  return {
    k3sImage: inRegistry(textOption(input, 'k3s-image') ?? wantedImages.k3sImage, registry),
    image: inRegistry(textOption(input, 'image') ?? wantedImages.image, registry),
    k3sImageTar: textOption(input, 'k3s-image-tar'),
    registry,
  };
}

async function openOwn(input: CommandInput): Promise<OpenCluster> {
  const images = imageOptionsOf(input);
  const lacks = lacksOf(images);
  if (lacks.length > 0)
    throw new CommandError(
      exitEnvironment,
      `k3s cannot be started:\n${formatLacks(lacks)}\n  --kubeconfig FILE --context NAME runs scenarios on a cluster that is there`,
    );
  const node = await startK3s(images.k3sImage, [images.image]);
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-k3s-'));
  try {
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileAtomically(kubeconfig, node.kubeconfigText, 0o600);
    const connection = await connect({ kubeconfig }, 'k3s');
    const { connectApi } = await import('../../../scenarios/runner/k3s/api.ts');
    const first = await connectApi(connection.api);
    await untilReady(first);
    await demandKinds(first, true);
    const reach = { by: 'nodes', host: node.host } as const;
    const gate = await gateOf(connection, reach);
    return {
      // Anew, as it knows more kinds now.
      api: await connectApi(connection.api),
      image: images.image,
      reach,
      gate,
      context: '',
      async close() {
        gate.close();
        connection.close();
        await node.stop();
        rmSync(folder, { recursive: true });
      },
    };
  } catch (error) {
    await node.stop();
    rmSync(folder, { recursive: true });
    throw error;
  }
}

/** By --kubeconfig the user's, else one of our own. */
export function openCluster(input: CommandInput): Promise<OpenCluster> {
  const kubeconfig = textOption(input, 'kubeconfig');
  return kubeconfig === null ? openOwn(input) : openNamed(input, kubeconfig);
}
