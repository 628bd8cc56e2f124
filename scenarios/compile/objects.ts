// Manifests that scenarios name, as objects of the plan: the applications they use, what they apply and delete.
import { parseAllDocuments } from 'yaml';
import type { StoredObject } from '../../sim/cluster/store-api.ts';
import { classObject, namespaceObject } from '../../sim/history/generate/application.ts';
import { templated, withBehaviour } from '../../sim/history/generate/manifest-world.ts';
import type { PlannedObject } from '../../sim/history/plan.ts';
import { type KeyPairName, keyPairs } from '../../sim/world/key-pairs.ts';
import { fail, ok, type Result } from '../../src/base/result.ts';
import type { ParameterValue } from '../language/reading.ts';
import type { Surroundings } from './surroundings.ts';

type Fields = Readonly<Record<string, unknown>>;

const parameter = /\$([a-z][a-z0-9-]*)/g;

/** `$name` of what is known; everything else stays, as manifests have dollars of their own. */
function filledIn(text: string, values: ReadonlyMap<string, ParameterValue>): string {
  return text.replace(parameter, (whole, name: string) => String(values.get(name) ?? whole));
}

const keyPairAnnotation = 'tidegate.dev/key-pair';

export function tlsData(name: KeyPairName): Readonly<Record<string, string>> {
  const { cert, key } = keyPairs[name];
  const encoded = (text: string): string => Buffer.from(text).toString('base64');
  return { 'tls.crt': encoded(cert), 'tls.key': encoded(key) };
}

/** A Secret may name one of the simulator's key pairs instead of holding one. */
function withKeyPair(object: StoredObject, where: string): Result<StoredObject> {
  const name = object.metadata.annotations?.[keyPairAnnotation];
  if (object.kind !== 'Secret' || name === undefined) return ok(object);
  if (!Object.hasOwn(keyPairs, name))
    return fail(
      `${where}: annotation ${keyPairAnnotation} names none of ${Object.keys(keyPairs).join(', ')}`,
    );
  return ok({ ...object, data: { ...((object['data'] ?? {}) as Fields), ...tlsData(name as KeyPairName) } });
}

function prepare(given: unknown, where: string, { kinds }: Surroundings): Result<PlannedObject> {
  const object = given as Partial<StoredObject>;
  const { apiVersion, kind, metadata } = object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof metadata?.name !== 'string')
    return fail(`${where}: an object needs apiVersion, kind and metadata.name`);
  const name = `${where}: ${kind} ${metadata.name}`;
  const found = kinds.resourceOf(apiVersion, kind);
  if (found === null) return fail(`${name}: the simulated cluster has no kind ${apiVersion}/${kind}`);
  const namespace = found.namespaced ? (metadata.namespace ?? 'default') : '';
  let made = object as StoredObject;
  if (found.namespaced) made = { ...made, metadata: { ...made.metadata, namespace } };
  if (templated.has(kind)) {
    const template = withBehaviour(((made.spec as Fields | undefined)?.['template'] ?? {}) as Fields, name);
    if (!template.ok) return template;
    made = { ...made, spec: { ...made.spec, template: template.value } };
  }
  const complete = withKeyPair(made, name);
  if (!complete.ok) return complete;
  const id = `${found.resource} ${namespace === '' ? '' : `${namespace}/`}${metadata.name}`;
  return ok({ id, resource: found.resource, object: complete.value });
}

/** The objects of a file of manifests, in its order. */
export function readObjects(
  { path, text }: { readonly path: string; readonly text: string },
  values: ReadonlyMap<string, ParameterValue>,
  surroundings: Surroundings,
): Result<readonly PlannedObject[]> {
  const objects: PlannedObject[] = [];
  for (const document of parseAllDocuments(filledIn(text, values), { prettyErrors: false })) {
    const [error] = document.errors;
    if (error !== undefined) return fail(`${path}: ${error.message}`);
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (value === null || value === undefined) continue;
    const object = prepare(value, path, surroundings);
    if (!object.ok) return object;
    objects.push(object.value);
  }
  return objects.length === 0 ? fail(`${path}: there is no object in it`) : ok(objects);
}

/** `count` copies, with `$n` from 1. */
export function readCopies(
  file: { readonly path: string; readonly text: string },
  count: number,
  values: ReadonlyMap<string, ParameterValue>,
  surroundings: Surroundings,
): Result<readonly PlannedObject[]> {
  const all: PlannedObject[] = [];
  for (let number = 1; number <= count; number++) {
    const objects = readObjects(file, new Map([...values, ['n', number]]), surroundings);
    if (!objects.ok) return objects;
    all.push(...objects.value);
  }
  return ok(all);
}

/** With the class and the namespaces that they need, where nobody has brought them. */
export function withGround(objects: readonly PlannedObject[]): readonly PlannedObject[] {
  const ids = new Set(objects.map(({ id }) => id));
  const spaces = new Set(objects.map(({ object }) => object.metadata.namespace ?? 'default'));
  spaces.delete('default');
  const ground = [classObject, ...[...spaces].sort().map(namespaceObject)];
  return [...ground.filter(({ id }) => !ids.has(id)), ...objects];
}
