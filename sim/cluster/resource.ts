// What the API server knows about a kind: its names, its schema, and the rules of its own beside the general ones.
import type { FieldCause } from './failure.ts';
import type { NameRule } from './object-names.ts';
import type { Schema } from './schema/structural.ts';
import type { ClusterStore, StoredObject } from './store-api.ts';

export interface TableColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format?: string;
  readonly description?: string;
  /** 0 = always shown, 1 = only in wide output. */
  readonly priority?: number;
}

export interface TablePrinter {
  readonly columns: readonly TableColumn[];
  /** One cell per column. */
  cells(object: StoredObject, nowMs: number): readonly unknown[];
}

/** What defaulting may look at and take: other objects, fresh addresses. */
export interface AdmissionContext {
  readonly store: Pick<ClusterStore, 'get' | 'list'>;
  readonly nowMs: number;
}

export interface ScalePaths {
  readonly wanted: readonly string[];
  readonly found: readonly string[];
  /** Of the selector as text; null: it has none. */
  readonly selector: readonly string[] | null;
}

export interface ResourceDefinition {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** Has /status, and a generation that counts changes of everything else. */
  readonly statusSubresource: boolean;
  readonly scale: boolean;
  /** Where a custom resource keeps what /scale shows; spec.replicas and status.replicas where it is missing. */
  readonly scalePaths?: ScalePaths;
  /** What every reader and writer of this version is told. */
  readonly deprecation?: string;
  /** Objects carry metadata.generation. */
  readonly generations: boolean;

  readonly nameRule: NameRule;
  /** Update without resourceVersion is refused (custom resources). */
  readonly versionRequired: boolean;
  /** Strategic merge patch is understood (built-ins). */
  readonly strategicMerge: boolean;
  readonly schema: Schema;
  readonly selectableFields: readonly string[];
  readonly printer: TablePrinter;
  readonly verbs: readonly string[];
  /** False: served, but objects are stored in another version. */
  readonly storage?: boolean;
  /** From and to the form that is stored, where it differs in more than the version's name. */
  readonly conversion?: {
    fromStored(object: StoredObject): StoredObject;
    toStored(object: StoredObject): StoredObject;
  };
  /** Further defaulting after the schema's; also keeps what the server allocated. Returns a new object. */
  prepare?(object: StoredObject, previous: StoredObject | null, context: AdmissionContext): StoredObject;
  /** Further validation after the schema's, which found `found`. */
  validate?(
    object: StoredObject,
    previous: StoredObject | null,
    found: readonly FieldCause[],
  ): readonly FieldCause[];
  /** What is accepted but ought to be told. */
  warnings?(object: StoredObject): readonly string[];
}

/** 'deployments.apps' */
export function resourceNameOf(definition: Pick<ResourceDefinition, 'group' | 'plural'>): string {
  return definition.group === '' ? definition.plural : `${definition.plural}.${definition.group}`;
}

export function apiVersionOf(definition: Pick<ResourceDefinition, 'group' | 'version'>): string {
  return definition.group === '' ? definition.version : `${definition.group}/${definition.version}`;
}
