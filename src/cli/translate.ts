// `tidegate translate`: manifests to Kong's declarative configuration, without a cluster.
import { stringify } from 'yaml';
import { visible } from '../io/log.ts';
import { encodeDeclarative } from '../kong/encode.ts';
import { findWatchedKind } from '../kube/kinds.ts';
import { formatReference, type ObjectReference } from '../kube/object.ts';
import type { Problem } from '../kube/problem.ts';
import { createStore } from '../store/store.ts';
import { defaultOptions } from '../translate/options.ts';
import { translate } from '../translate/translate.ts';
import type { Command } from './command.ts';
import { CommandError, exitOk, exitProblems, exitUsage } from './exit-codes.ts';
import { type Manifest, readManifests } from './manifests.ts';

function keyOf(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}

export interface OfflineOutcome {
  readonly document: Record<string, unknown>;
  /** One line each, 'file:line: Kind ns/name: field: message'. */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

function withNamespace(manifest: Manifest): Manifest {
  const { object } = manifest;
  const kind = findWatchedKind(object.apiVersion, object.kind);
  if (kind === null || !kind.namespaced || object.metadata.namespace) return manifest;
  return { ...manifest, object: { ...object, metadata: { ...object.metadata, namespace: 'default' } } };
}

function findNotes(manifests: readonly Manifest[]): string[] {
  const notes: string[] = [];
  const unknown = new Set<string>();
  for (const { object } of manifests)
    if (findWatchedKind(object.apiVersion, object.kind) === null)
      unknown.add(`${object.kind} (${object.apiVersion})`);
  if (unknown.size > 0) notes.push(`not translated: ${[...unknown].sort().join(', ')}`);
  const kinds = new Set(manifests.map(({ object }) => object.kind));
  if (kinds.has('Service') && !kinds.has('EndpointSlice'))
    notes.push('there are Services but no EndpointSlices, so the upstreams have no targets');
  return notes;
}

/** Everything but reading and printing. */
export function translateManifests(given: readonly Manifest[], ingressClass: string): OfflineOutcome {
  const manifests = given.map(withNamespace);
  const store = createStore();
  const places = new Map<string, Manifest>();
  const problems: string[] = [];
  for (const manifest of manifests) {
    const { kind, metadata, apiVersion } = manifest.object;
    if (findWatchedKind(apiVersion, kind) === null) continue;
    const key = keyOf(kind, metadata.namespace ?? '', metadata.name);
    const first = places.get(key);
    if (first !== undefined) {
      const name = `${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
      const where = `${first.file}:${first.line}`;
      problems.push(
        `${manifest.file}:${manifest.line}: ${kind} ${name}: is already at ${where}; the first one is used. Remove one of the two.`,
      );
      continue;
    }
    places.set(key, manifest);
    store.apply({ type: 'upsert', object: manifest.object });
  }
  const translation = translate(store.snapshot(), { ...defaultOptions, ingressClass }, null);
  const format = ({ object, field, message }: Problem): string => {
    const at = placeOf(object, field, places);
    return visible(`${at}${formatReference(object)}: ${field === '' ? '' : `${field}: `}${message}`);
  };
  problems.push(...translation.problems.map(format));
  const notes = [...findNotes(manifests), ...translation.ignored.map(format)];
  return { document: encodeDeclarative(translation.config), problems, notes };
}

function placeOf(object: ObjectReference, field: string, places: ReadonlyMap<string, Manifest>): string {
  const manifest = places.get(keyOf(object.kind, object.namespace, object.name));
  return manifest === undefined ? '' : `${manifest.file}:${manifest.lineOf(field)}: `;
}

export const command: Command = {
  name: 'translate',
  summary: 'manifests to Kong declarative config, offline',
  usage: '-f PATH...',
  options: {
    file: {
      type: 'string',
      multiple: true,
      short: 'f',
      value: 'PATH',
      help: 'file, folder, or - for standard input',
    },
    'ingress-class': {
      type: 'string',
      default: 'kong',
      value: 'NAME',
      help: 'class of the Ingresses to translate',
    },
    json: { type: 'boolean', default: false, help: 'print JSON instead of YAML' },
  },
  examples: [
    ['tidegate translate -f shop.yaml', 'the configuration on stdout, problems on stderr'],
    ['helm template shop | tidegate translate -f - --json', 'what a chart becomes, as JSON'],
  ],
  async run(input) {
    const paths = [...(input.options['file'] as readonly string[]), ...input.positionals];
    if (paths.length === 0)
      throw new CommandError(exitUsage, "give manifests with -f PATH; see 'tidegate translate --help'");
    const outcome = translateManifests(readManifests(paths), String(input.options['ingress-class']));
    const { document, problems, notes } = outcome;
    process.stdout.write(
      input.options['json'] === true
        ? `${JSON.stringify(document)}\n`
        : stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }),
    );
    for (const line of [...notes.map((note) => `note: ${note}`), ...problems])
      process.stderr.write(`${line}\n`);
    return problems.length === 0 ? exitOk : exitProblems;
  },
};
