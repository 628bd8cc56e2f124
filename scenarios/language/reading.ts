// What is known while a scenario is read: where each thing stands in its file, what is wrong with it, and what `$name`
// stands for.
import { LineCounter, type Node, parseDocument } from 'yaml';

/** Something that is wrong with a file, at a place that editors can jump to. */
export interface Complaint {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export const formatComplaint = ({ file, line, column, message }: Complaint): string =>
  `${file}:${line}:${column}: ${message}`;

/** What a parameter may stand for. */
export type ParameterValue = string | number | boolean;

export interface Reading {
  readonly complaints: readonly Complaint[];
  /** `offset`: of the first character that is wrong. */
  complain(offset: number, message: string): void;
  /** Values of the parameters of this run. */
  readonly parameters: ReadonlyMap<string, ParameterValue>;
}

export interface Placed<T> {
  readonly value: T;
  /** Offset in the file, for complaints that come later. */
  readonly at: number;
}

export const offsetOf = (node: Node | null | undefined): number => node?.range?.[0] ?? 0;

export interface OpenFile {
  readonly root: Node | null;
  reading(parameters: ReadonlyMap<string, ParameterValue>): Reading;
}

/** Larger files are no scenarios. */
const textLengthMax = 1 << 20;
const complaintsMax = 20;

/** Parses the text; what is no YAML is a complaint. `complaints` takes what is found now and later. */
export function openFile(file: string, text: string, complaints: Complaint[]): OpenFile {
  const lines = new LineCounter();
  const complain = (offset: number, message: string): void => {
    if (complaints.length >= complaintsMax) return;
    const { line, col } = lines.linePos(offset);
    complaints.push({ file, line, column: col, message });
  };
  const reading = (parameters: ReadonlyMap<string, ParameterValue>): Reading => ({
    complaints,
    complain,
    parameters,
  });
  if (text.length > textLengthMax) {
    complaints.push({ file, line: 1, column: 1, message: `longer than ${textLengthMax} characters` });
    return { root: null, reading };
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  for (const error of document.errors) complain(error.pos[0], error.message);
  return { root: document.errors.length > 0 ? null : (document.contents as Node | null), reading };
}
