// The manifests of deploy/ as objects, under other names where somebody wants them so: `tidegate manifests` prints them, and
// scenarios on a cluster apply the same.
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../kube/object.ts';
import { readCrdTexts } from '../embedded-cluster.ts';

export interface DeployOptions {
  readonly namespace: string;
  /** Of everything that is not the namespace; in the whole cluster too, so that two installations do not share a role. */
  readonly name: string;
  readonly image: string;
  readonly replicas: number;
  readonly ingressClass: string;
}

export const deployDefaults: DeployOptions = {
  namespace: 'tidegate',
  name: 'tidegate',
  image: 'tidegate:0.1.0',
  replicas: 2,
  ingressClass: 'kong',
};

type Fields = Readonly<Record<string, unknown>>;
type Changed = { -readonly [K in keyof KubeObject]: KubeObject[K] } & Record<string, unknown>;

function readObjects(text: string): readonly KubeObject[] {
  return parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
}

function shippedManifest(): string {
  // One level further up when compiled.
  const depth = import.meta.url.endsWith('.ts') ? '../../../' : '../../../../';
  return readFileSync(new URL(`${depth}deploy/tidegate.yaml`, import.meta.url), 'utf8');
}

/** Every member of this value that is a name of ours. */
function renamed(value: unknown, { namespace, name }: DeployOptions): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, { namespace, name } as DeployOptions));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const isOurs = member === 'tidegate';
      if (isOurs && key === 'namespace') return [key, namespace];
      if (isOurs && (key === 'name' || key === 'app' || key === 'serviceAccountName')) return [key, name];
      return [key, renamed(member, { namespace, name } as DeployOptions)];
    }),
  );
}

function argumentsOf(
  given: readonly string[],
  { namespace, name, ingressClass }: DeployOptions,
): readonly string[] {
  const own = given.map((text) =>
    text.startsWith('--publish-service=') ? `--publish-service=${namespace}/${name}` : text,
  );
  return ingressClass === deployDefaults.ingressClass ? own : [...own, `--ingress-class=${ingressClass}`];
}

function deploymentOf(object: Changed, options: DeployOptions): KubeObject {
  const spec = object['spec'] as Fields & { readonly template: { readonly spec: Fields } };
  const [container] = spec.template.spec['containers'] as readonly (Fields & {
    readonly args: readonly string[];
  })[];
  const changed = {
    ...container!,
    // Where the container stands, whatever the installation is called.
    name: 'tidegate',
    image: options.image,
    args: argumentsOf(container!.args, options),
  };
  const template = { ...spec.template, spec: { ...spec.template.spec, containers: [changed] } };
  return { ...object, spec: { ...spec, replicas: options.replicas, template } } as KubeObject;
}

/** In the order in which they can be created. */
export function deployObjects(options: DeployOptions): readonly KubeObject[] {
  return readObjects(shippedManifest()).map((object) => {
    const made = renamed(object, options) as Changed;
    const { kind, metadata } = made;
    if (kind === 'Namespace') return { ...made, metadata: { ...metadata, name: options.namespace } };
    if (kind === 'IngressClass') return { ...made, metadata: { ...metadata, name: options.ingressClass } };
    return kind === 'Deployment' ? deploymentOf(made, options) : made;
  });
}

/** Definitions of Kong's kinds, as far as we bring them. */
export function crdObjects(): readonly KubeObject[] {
  return readCrdTexts().flatMap(readObjects);
}
