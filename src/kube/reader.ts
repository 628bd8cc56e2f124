// Reading fields of an undecoded object: the first thing that is wrong is remembered, with the path that kubectl users know.
import { fail, ok, type Result } from '../base/result.ts';

export interface DecodeError {
  /** 'spec.rules[0].host' */
  readonly field: string;
  /** 'must be text, not a number' */
  readonly message: string;
}

/** Levels of lists and maps in one another; nothing that people configure comes near. */
const nestingMax = 100;

/** Level by level, without recursion. */
function isNestedWithin(root: unknown, depthMax: number): boolean {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > depthMax) return false;
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return true;
}

type Fields = Readonly<Record<string, unknown>>;

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return 'text';
  return `a ${typeof value}`;
}

export class Reader {
  #error: DecodeError | null = null;

  fail(field: string, message: string): void {
    this.#error ??= { field, message };
  }

  finish<T>(value: T): Result<T, DecodeError> {
    return this.#error === null ? ok(value) : fail(this.#error);
  }

  /** {} where it is missing or wrong. */
  record(value: unknown, field: string): Fields {
    if (value === undefined || value === null) return {};
    if (typeof value === 'object' && !Array.isArray(value)) return value as Fields;
    this.fail(field, `must be a map, not ${describe(value)}`);
    return {};
  }

  /**
   * Free JSON, whose shape is checked later: nested so far and no further, since whatever walks it does so by recursion.
   * (The API server itself takes ten thousand levels.)
   */
  freeRecord(value: unknown, field: string): Fields {
    if (!isNestedWithin(value, nestingMax)) {
      this.fail(field, `is nested more than ${nestingMax} levels deep`);
      return {};
    }
    return this.record(value, field);
  }

  requiredRecord(value: unknown, field: string): Fields {
    if (value === undefined || value === null) this.fail(field, 'is missing');
    return this.record(value, field);
  }

  list(value: unknown, field: string): readonly unknown[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    this.fail(field, `must be a list, not ${describe(value)}`);
    return [];
  }

  /** '' where it is missing. */
  text(value: unknown, field: string): string {
    if (value === undefined || value === null) return '';
    if (typeof value === 'string') return value;
    this.fail(field, `must be text, not ${describe(value)}`);
    return '';
  }

  requiredText(value: unknown, field: string): string {
    if (value === undefined || value === null || value === '') this.fail(field, 'is missing');
    return this.text(value, field);
  }

  optionalBoolean(value: unknown, field: string): boolean | null {
    if (value === undefined || value === null) return null;
    if (typeof value === 'boolean') return value;
    this.fail(field, `must be true or false, not ${describe(value)}`);
    return null;
  }

  /** null where it is missing. */
  port(value: unknown, field: string): number | null {
    if (value === undefined || value === null) return null;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535) return value;
    this.fail(
      field,
      `must be a port number from 1 to 65535, not ${JSON.stringify(value) ?? describe(value)}`,
    );
    return null;
  }

  textMap(value: unknown, field: string): Readonly<Record<string, string>> {
    const fields = this.record(value, field);
    for (const [key, item] of Object.entries(fields)) {
      if (typeof item !== 'string')
        this.fail(`${field}['${key}']`, `must be text (in quotes), not ${describe(item)}`);
    }
    return fields as Readonly<Record<string, string>>;
  }

  texts(value: unknown, field: string): readonly string[] {
    return this.list(value, field).map((item, i) => this.text(item, `${field}[${i}]`));
  }
}
