// Steps that change objects: each as operations of the cluster's operator, at this moment.
import type { StoredObject } from '../../sim/cluster/store-api.ts';
import type { Operation, PlannedObject } from '../../sim/history/plan.ts';
import { type MergePatch, patchBody, rolloutPatch, settingsPatch } from '../compile/changes.ts';
import { readCopies, readObjects } from '../compile/objects.ts';
import { kindWords, type ObjectName, parseObjectName } from '../language/kinds.ts';
import type { Placed } from '../language/reading.ts';
import type { Entry } from '../language/shape.ts';
import type { StepOf } from '../language/step-shapes.ts';
import { inSequence } from './sequence.ts';
import type { Stage } from './stage.ts';

/** From one copy of many to the next. */
const copyEveryMs = 1;

export function operate(stage: Stage, operation: Operation, next: () => void): void {
  const { verb, resource, name } = operation;
  stage.driver.operate(operation, (refusal) => {
    if (refusal !== null && stage.unmet === '')
      stage.unmet = `${verb} ${resource} ${name} was refused: ${refusal}`;
    next();
  });
}

/** A change of each object by name; where one is not there, or cannot be changed so, somebody hears of it. */
function changeEach<T>(
  stage: Stage,
  entries: readonly Entry<T>[],
  change: (object: StoredObject, value: T) => MergePatch | string,
  done: () => void,
): void {
  inSequence(
    entries,
    ({ key, value }, next) => {
      const { resource, namespace, name } = parseObjectName(key.value) as ObjectName;
      const object = stage.driver.read(resource, namespace, name);
      const body = object === null ? `there is no ${key.value} at this time` : change(object, value);
      if (typeof body !== 'string')
        return operate(stage, { verb: 'merge', resource, namespace, name, body }, next);
      stage.one.complain(key.at, body);
      next();
    },
    done,
  );
}

export function setEach(stage: Stage, { value }: StepOf<'set'>, next: () => void): void {
  changeEach(stage, value, settingsPatch, next);
}

export function scaleEach(stage: Stage, { value }: StepOf<'scale'>, next: () => void): void {
  changeEach(stage, value, (object, replicas) => settingsPatch(object, { replicas }), next);
}

export function patchEach(stage: Stage, { value }: StepOf<'patch'>, next: () => void): void {
  changeEach(stage, value, patchBody, next);
}

export function rollOutEach(stage: Stage, { value }: StepOf<'rollout'>, next: () => void): void {
  const last = value.at(-1);
  if (last !== undefined) stage.rolledOut = parseObjectName(last.key.value) as ObjectName;
  const change = (object: StoredObject, to: (typeof value)[number]['value']): MergePatch | string => {
    const { version, pods } = typeof to === 'string' ? { version: to, pods: undefined } : to;
    return rolloutPatch(object, version, pods);
  };
  changeEach(stage, value, change, next);
}

type FileItem = StepOf<'apply'>['value'][number];

function objectsOf(stage: Stage, item: FileItem): readonly PlannedObject[] {
  const { file, one, surroundings } = stage;
  const { value: name, at }: Placed<string> = 'count' in item ? item.file : item;
  const text = surroundings.readText(file, name);
  if (text === null) {
    one.complain(at, `there is no file ${name} beside the scenario or in a folder above it`);
    return [];
  }
  const read =
    'count' in item
      ? readCopies(text, item.count, one.values, surroundings)
      : readObjects(text, one.values, surroundings);
  if (read.ok) return read.value;
  one.complain(at, read.error);
  return [];
}

const placeOf = ({
  resource,
  object,
}: PlannedObject): Pick<Operation, 'resource' | 'namespace' | 'name'> => ({
  resource,
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name,
});

/** As `kubectl apply`: what is there is changed, what is not is made. */
function applyOne(stage: Stage, planned: PlannedObject, next: () => void): void {
  const place = placeOf(planned);
  const body = planned.object as unknown as Readonly<Record<string, unknown>>;
  const isThere = stage.driver.read(place.resource, place.namespace, place.name) !== null;
  operate(stage, { verb: isThere ? 'merge' : 'create', ...place, body }, next);
}

/** One after the other, a moment apart where there are many. */
function inTurn<T>(
  stage: Stage,
  items: readonly T[],
  run: (item: T, next: () => void) => void,
  done: () => void,
): void {
  const pauses = items.length >= 10;
  const last = items.at(-1);
  inSequence(
    items,
    (item, next) =>
      run(item, () => (pauses && item !== last ? stage.driver.after(copyEveryMs, next) : next())),
    done,
  );
}

export function applyAll(stage: Stage, { value }: StepOf<'apply'>, next: () => void): void {
  const objects = value.flatMap((item) => objectsOf(stage, item));
  inTurn(stage, objects, (planned, then) => applyOne(stage, planned, then), next);
}

const isFile = (name: string): boolean => /\.(ya?ml|json)$/.test(name);

function doomedOf(
  stage: Stage,
  item: FileItem,
): readonly Pick<Operation, 'resource' | 'namespace' | 'name'>[] {
  if ('count' in item || isFile(item.value)) return objectsOf(stage, item).map(placeOf).reverse();
  const name = parseObjectName(item.value);
  if (typeof name !== 'string') return [name];
  stage.one.complain(item.at, `${name}; kinds are ${Object.keys(kindWords).join(', ')}, files end in .yaml`);
  return [];
}

export function deleteAll(stage: Stage, { value }: StepOf<'delete'>, next: () => void): void {
  const doomed = value.flatMap((item) => doomedOf(stage, item));
  inTurn(
    stage,
    doomed,
    ({ resource, namespace, name }, then) =>
      operate(stage, { verb: 'delete', resource, namespace, name, body: null }, then),
    next,
  );
}
