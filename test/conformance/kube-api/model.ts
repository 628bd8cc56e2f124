// What the script knows of the cluster: enough to say beforehand how each operation must end and what each watch must show.

export const kindNames = ['configmaps', 'services', 'widgets'] as const;
export type KindName = (typeof kindNames)[number];

/** One object as the answers have shown it. */
export interface Known {
  readonly uid: string;
  readonly version: string;
  /** Of an earlier state, to be stale with; '' as long as there was none. */
  readonly older: string;
  readonly color: string;
  readonly held: boolean;
  readonly leaving: boolean;
}

/** One effective write: the object's color before and after it; null: it was not there. */
export interface Step {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Steps of one deletion of many come in any order. */
  readonly batch: number;
}

export interface Mark {
  readonly version: string;
  /** Steps of each kind that are older than the mark. */
  readonly seen: Readonly<Record<KindName, number>>;
}

export interface Model {
  readonly objects: ReadonlyMap<string, Known>;
  readonly steps: Readonly<Record<KindName, Step[]>>;
  readonly marks: Mark[];
  /** Where a list that was read in part goes on, and the version that all its pages show. */
  readonly pages: Map<KindName, { readonly token: string; readonly version: string }>;
  batches: number;
}

/** The same, with the right to write. */
export interface WritableModel extends Model {
  readonly objects: Map<string, Known>;
}

export function createModel(): WritableModel {
  return {
    objects: new Map(),
    steps: { configmaps: [], services: [], widgets: [] },
    marks: [],
    pages: new Map(),
    batches: 0,
  };
}

export function keyOf(kind: KindName, name: string): string {
  return `${kind}/${name}`;
}

interface Metadata {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly deletionTimestamp?: string;
}

/** Takes in the object of an answer to a write. */
export function takeIn(model: WritableModel, kind: KindName, name: string, object: unknown): void {
  const { metadata } = object as { readonly metadata: Metadata };
  const key = keyOf(kind, name);
  const before = model.objects.get(key);
  if (before?.version === metadata.resourceVersion) return;
  const color = metadata.labels?.['color'] ?? '';
  model.steps[kind].push({ name, before: before?.color ?? null, after: color, batch: model.batches++ });
  model.objects.set(key, {
    uid: metadata.uid,
    version: metadata.resourceVersion,
    older: before?.version ?? '',
    color,
    held: (metadata.finalizers ?? []).length > 0,
    leaving: metadata.deletionTimestamp !== undefined,
  });
}

export function takeOut(model: WritableModel, kind: KindName, name: string, batch = model.batches++): void {
  const before = model.objects.get(keyOf(kind, name));
  if (before === undefined) return;
  model.objects.delete(keyOf(kind, name));
  model.steps[kind].push({ name, before: before.color, after: null, batch });
}

export function setMark(model: WritableModel, version: string): void {
  const seen = Object.fromEntries(kindNames.map((kind) => [kind, model.steps[kind].length]));
  model.marks.push({ version, seen: seen as Mark['seen'] });
}

export interface Expected {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly name: string;
  readonly batch: number;
}

/** What a watch of a kind from a mark shows, of one color or of all ('' in the script). */
export function eventsSince(model: Model, kind: KindName, mark: Mark, color: string): readonly Expected[] {
  const matches = (value: string | null): boolean => value !== null && (color === '' || value === color);
  return model.steps[kind].slice(mark.seen[kind]).flatMap(({ name, before, after, batch }): Expected[] => {
    if (matches(after)) return [{ type: matches(before) ? 'MODIFIED' : 'ADDED', name, batch }];
    return matches(before) ? [{ type: 'DELETED', name, batch }] : [];
  });
}
