// Edits of the request towards the upstream. The first edit turns the head into a list of lines; without one it never is.
import {
  endToEndLines,
  type FieldLine,
  findField,
  findLine,
  removeLines,
  safeName,
  safeValue,
  setLine,
} from '../http/field-lines.ts';
import type { RequestEdits } from './context.ts';
import type { RequestRecord } from './request-record.ts';

export interface BodyTransform {
  readonly bytesMax: number;
  readonly transforms: ((body: Buffer) => Buffer)[];
}

export class RequestEditList implements RequestEdits {
  /** null = the head goes out as it came. */
  lines: FieldLine[] | null = null;
  /** The client's own among `lines`; an edited line is a new one. */
  sent: ReadonlySet<FieldLine> | null = null;
  method: string | null = null;
  path: string | null = null;
  query: string | null = null;
  bodyTransform: BodyTransform | null = null;
  private readonly request: RequestRecord;

  constructor(request: RequestRecord) {
    this.request = request;
  }

  reset(): void {
    this.lines = null;
    this.sent = null;
    this.method = null;
    this.path = null;
    this.query = null;
    this.bodyTransform = null;
  }

  private edited(): FieldLine[] {
    if (this.lines === null) {
      this.lines = endToEndLines(this.request.head);
      this.sent = new Set(this.lines);
    }
    return this.lines;
  }

  setHeader(name: string, value: string): void {
    setLine(this.edited(), safeName(name), safeValue(value));
  }

  addHeader(name: string, value: string): void {
    this.edited().push([safeName(name), safeValue(value)]);
  }

  removeHeader(name: string): void {
    removeLines(this.edited(), name.toLowerCase());
  }

  setMethod(method: string): void {
    this.method = method;
  }

  setPath(path: string): void {
    this.path = path;
  }

  setQuery(query: string): void {
    this.query = query;
  }

  currentHeader(name: string): string | null {
    const lower = name.toLowerCase();
    return this.lines === null ? findField(this.request.head, lower) : findLine(this.lines, lower);
  }

  currentQuery(): string {
    return this.query ?? this.request.query;
  }

  transformBody(bytesMax: number, transform: (body: Buffer) => Buffer): void {
    const before = this.bodyTransform;
    this.bodyTransform =
      before === null
        ? { bytesMax, transforms: [transform] }
        : { bytesMax: Math.min(before.bytesMax, bytesMax), transforms: [...before.transforms, transform] };
  }
}
