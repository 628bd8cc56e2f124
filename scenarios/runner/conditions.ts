// What `wait` waits for, read from the cluster's own objects.
import type { StoredObject } from '../../sim/cluster/store-api.ts';
import { isRolledOut } from '../../sim/history/early-end.ts';
import type { ObjectName } from '../language/kinds.ts';
import type { StepOf } from '../language/step-shapes.ts';
import type { Driver } from './driver.ts';

export type WaitSpec = Exclude<StepOf<'wait'>['value'], number>;

interface Counts {
  readonly observedGeneration?: number;
  readonly availableReplicas?: number;
}

export function isAvailable(object: StoredObject | null): boolean {
  if (object === null) return false;
  const status = (object.status ?? {}) as Counts;
  const wanted = Number(object.spec?.['replicas'] ?? 1);
  return (
    status.observedGeneration === object.metadata.generation && (status.availableReplicas ?? 0) >= wanted
  );
}

/** Pods that a Deployment's selector chooses, those that end included. */
function podsOf(driver: Driver, object: StoredObject): readonly StoredObject[] {
  const selector = object.spec?.['selector'] as
    | { readonly matchLabels?: Readonly<Record<string, string>> }
    | undefined;
  const labels = Object.entries(selector?.matchLabels ?? {});
  return driver
    .list('pods')
    .filter(
      ({ metadata }) =>
        metadata.namespace === object.metadata.namespace &&
        labels.every(([key, value]) => metadata.labels?.[key] === value),
    );
}

/** Only pods of the newest version are left, and all are ready. */
export function isRolled(driver: Driver, object: StoredObject | null): boolean {
  if (object === null || !isRolledOut(object)) return false;
  return podsOf(driver, object).every(({ metadata }) => metadata.deletionTimestamp === undefined);
}

function isGone(driver: Driver, { kind, resource, namespace, name }: ObjectName): boolean {
  const object = driver.read(resource, namespace, name);
  if (object === null) return true;
  return kind === 'Deployment' && podsOf(driver, object).length === 0;
}

const find = (driver: Driver, { resource, namespace, name }: ObjectName): StoredObject | null =>
  driver.read(resource, namespace, name);

export const proxyIndex = (name: string): number => Number(name.slice('proxy-'.length)) - 1;

export interface Wait {
  /** 'rolled: deployment/shop' */
  readonly text: string;
  readonly word: 'available' | 'rolled' | 'gone' | 'ready';
  isMet(): boolean;
}

const textOf = ({ kind, name }: ObjectName): string => `${kind} ${name}`;

/** Everything that a `wait` speaks of. */
export function waitsOf(driver: Driver, spec: WaitSpec): readonly Wait[] {
  const { available, rolled, gone, ready } = spec;
  const waits: Wait[] = [];
  if (available !== undefined)
    waits.push({
      text: `${textOf(available)} available`,
      word: 'available',
      isMet: () => isAvailable(find(driver, available)),
    });
  if (rolled !== undefined)
    waits.push({
      text: `${textOf(rolled)} rolled out`,
      word: 'rolled',
      isMet: () => isRolled(driver, find(driver, rolled)),
    });
  if (gone !== undefined)
    waits.push({ text: `${textOf(gone)} gone`, word: 'gone', isMet: () => isGone(driver, gone) });
  if (ready !== undefined)
    waits.push({
      text: `${ready.join(', ')} ready`,
      word: 'ready',
      isMet: () => ready.every((name) => driver.isProxyReady(proxyIndex(name))),
    });
  return waits;
}
