// What a schema is: data that one small engine (fill.ts) interprets. Names and meanings follow Kong's own schemas.
import type { EntityType } from '../entity.ts';

export type FieldPath = readonly (string | number)[];

/** One thing wrong with an entity. `path` is ['@entity'] when the entity as a whole is wrong. */
export interface FieldError {
  readonly path: FieldPath;
  /** The path as Kong writes it, e.g. 'config.minute', 'paths[1]'. */
  readonly field: string;
  readonly message: string;
}

interface FieldCommon {
  /** One sentence for the documentation. */
  readonly docs: string;
  readonly required?: boolean;
  readonly default?: unknown;
  /** Kong 3.9 does not know it: it is left out where it has its default, so that Kong takes what we send it. */
  readonly isNewer?: true;
  /** Kong's sentence, or null when the value is fine. Called only with a value of the right type. */
  readonly check?: (value: never) => string | null;
}

export interface StringField extends FieldCommon {
  readonly type: 'string';
  readonly oneOf?: readonly string[];
  /** 1 unless said otherwise: Kong refuses empty strings. */
  readonly lengthMin?: number;
  readonly startsWith?: string;
  readonly match?: RegExp;
  readonly uuid?: boolean;
  readonly notOneOf?: readonly string[];
  /** A reference to a vault may stand in its place. */
  readonly referenceable?: boolean;
  readonly check?: (value: string) => string | null;
}

export interface NumberField extends FieldCommon {
  readonly type: 'integer' | 'number';
  readonly between?: readonly [number, number];
  readonly greaterThan?: number;
  readonly oneOf?: readonly number[];
  readonly check?: (value: number) => string | null;
}

export interface BooleanField extends FieldCommon {
  readonly type: 'boolean';
}

export interface ListField extends FieldCommon {
  /** A set is an array without duplicates. */
  readonly type: 'array' | 'set';
  readonly elements: FieldSchema;
  readonly lengthMin?: number;
}

export interface MapField extends FieldCommon {
  readonly type: 'map';
  readonly checkKey?: (key: string) => string | null;
  readonly values: FieldSchema;
}

export interface RecordField extends FieldCommon {
  readonly type: 'record';
  readonly fields: Readonly<Record<string, FieldSchema>>;
  /** Without it there is none, instead of one of defaults. */
  readonly isOptional?: boolean;
}

/** A reference to another entity: an id, or the value of the other's endpoint key, or { id }. */
export interface ForeignField extends FieldCommon {
  readonly type: 'foreign';
  readonly reference: EntityType;
}

/** Anything at all; what looks at it is named by the entity's `check`. */
export interface OpenField extends FieldCommon {
  readonly type: 'open';
}

export type FieldSchema =
  | StringField
  | NumberField
  | BooleanField
  | ListField
  | MapField
  | RecordField
  | ForeignField
  | OpenField;

export type Filled = Readonly<Record<string, unknown>>;

/** Adds what is wrong. ['@entity'] for the whole; of a field, it takes the place of what was said before. */
export type Report = (path: FieldPath, message: string) => void;

/**
 * What is wrong between fields. As in Kong it is asked also where fields are wrong by themselves: what is read of `value`
 * is of the right type only where `isRight` says so.
 */
export type CrossCheck = (value: Filled, report: Report, isRight: (field: string) => boolean) => void;

export interface EntitySchema {
  readonly fields: Readonly<Record<string, FieldSchema>>;
  /** The field that names the entity in paths and references; null when there is none. */
  readonly endpointKey: string | null;
  /** Fields whose value is unique among the entities of the type. */
  readonly unique: readonly string[];
  /** Fields that are unique together. */
  readonly uniqueTogether?: readonly string[];
  /** Rewrites shorthand fields (service `url`) before anything is checked; returns the fields to check. */
  readonly expand?: (raw: Filled, report: Report) => Filled;
  readonly crossCheck?: CrossCheck;
}

export interface PluginSchema {
  readonly name: string;
  readonly fields: Readonly<Record<string, FieldSchema>>;
  /** Old field names that Kong still takes, rewritten before anything is checked. */
  readonly expand?: (raw: Filled) => Filled;
  readonly crossCheck?: CrossCheck;
  /** False: the plugin may not be scoped to a consumer (authentication, CORS). */
  readonly allowsConsumer: boolean;
  readonly protocols: readonly string[];
}
