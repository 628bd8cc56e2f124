// What a pod of the embedded cluster runs when its image is Tidegate's own: the very program, with the arguments of its
// manifest. In a pod every address is its own; here pods share the machine, so what they would listen on everywhere they
// listen on at their pod's address.
import type { StoredObject } from '../../../sim/cluster/store-api.ts';

export interface ProgramContainer {
  readonly name: string;
  /** Of `tidegate`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Paths inside of the container that are folders of its own. */
  readonly folders: readonly string[];
}

interface ContainerLike {
  readonly name?: unknown;
  readonly image?: unknown;
  readonly args?: readonly unknown[];
  readonly env?: readonly { readonly name?: unknown; readonly value?: unknown }[];
  readonly volumeMounts?: readonly { readonly name?: unknown; readonly mountPath?: unknown }[];
}

/** 'tidegate', 'registry.example/team/tidegate:0.1.0', 'tidegate@sha256:...' */
const ownImage = /(^|\/)tidegate([:@]|$)/;
const programs: ReadonlySet<string> = new Set(['run', 'proxy', 'controller']);

/** null: the pod server stands for this container, as for every image that is not ours. */
function programOf(container: ContainerLike): ProgramContainer | null {
  const args = (container.args ?? []).map(String);
  if (!ownImage.test(String(container.image)) || !programs.has(args[0] ?? '')) return null;
  const env = (container.env ?? []).filter(({ value }) => typeof value === 'string');
  return {
    name: String(container.name),
    args,
    env: Object.fromEntries(env.map(({ name, value }) => [String(name), String(value)])),
    folders: (container.volumeMounts ?? []).map(({ mountPath }) => String(mountPath)),
  };
}

/** The only container of a pod of ours; null where it is another's. */
export function ownProgram({ spec }: StoredObject): ProgramContainer | null {
  const containers = (spec?.['containers'] ?? []) as readonly ContainerLike[];
  return containers.length === 1 ? programOf(containers[0]!) : null;
}

const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Where a pod is told that the API is, where its manifest says so. */
export interface ToldApi {
  readonly url: string;
  /** ConfigMap of the pod's namespace with the authority in place of the cluster's, at `ca.crt`. */
  readonly authority: string;
}

interface VolumeLike {
  readonly name?: unknown;
  readonly projected?: { readonly sources?: readonly { readonly configMap?: { readonly name?: unknown } }[] };
}

/** null: it is told what every pod is told. */
export function toldApi({ spec }: StoredObject): ToldApi | null {
  const [container] = (spec?.['containers'] ?? []) as readonly ContainerLike[];
  const variable = (wanted: string): unknown => container?.env?.find(({ name }) => name === wanted)?.value;
  const mounted = container?.volumeMounts?.find(({ mountPath }) => mountPath === accountFolder)?.name;
  const volumes = (spec?.['volumes'] ?? []) as readonly VolumeLike[];
  const sources = volumes.find(({ name }) => mounted !== undefined && name === mounted)?.projected?.sources;
  const authority = sources?.find(({ configMap }) => configMap !== undefined)?.configMap?.name;
  const host = variable('KUBERNETES_SERVICE_HOST');
  if (host === undefined || authority === undefined) return null;
  const port = variable('KUBERNETES_SERVICE_PORT') ?? '443';
  return { url: `https://${String(host)}:${String(port)}`, authority: String(authority) };
}

export interface Place {
  readonly address: string;
  /** A folder of this machine that is the pod's. */
  readonly folder: string;
}

function settledArgument(text: string, { address, folder }: Place, folders: readonly string[]): string {
  const match = /^(--(?:[a-z]+-)?listen)=(.*)$/.exec(text);
  if (match !== null) return `${match[1]}=${address}`;
  const mount = folders.find((path) => text.includes(`=${path}`));
  return mount === undefined ? text : text.replace(`=${mount}`, `=${folder}${mount}`);
}

/** Its arguments on this machine. */
export function settledArguments({ args, folders }: ProgramContainer, place: Place): readonly string[] {
  const settled = args.map((text) => settledArgument(text, place, folders));
  const [command] = args;
  const has = (name: string): boolean => args.some((text) => text.startsWith(`--${name}=`));
  // A pod's loopback is its own as well.
  const own = command === 'controller' ? ['listen'] : ['listen', 'admin-listen'];
  return [...settled, ...own.filter((name) => !has(name)).map((name) => `--${name}=${place.address}`)];
}
