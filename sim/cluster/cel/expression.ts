// CEL: text to a function, checked once. What the engine does not know is said when the text is given, not when it runs.
import { Environment, Optional, ParseError } from '@marcbachmann/cel-js';
import { fail, ok, type Result } from '../../../src/base/result.ts';
import type { Schema } from '../schema/structural.ts';
import { inLibraryDialect } from './dialect.ts';
import { registerKubernetesFunctions } from './functions.ts';
import { expressionValue } from './values.ts';

export interface ExpressionProblem {
  /** Nobody can read it; false: it may be right, but not all of it is known here. */
  readonly isWrong: boolean;
  readonly message: string;
}

/** Throws where a real server reports an error of evaluation. */
export type Expression = (variables: Readonly<Record<string, unknown>>) => unknown;

const textBytesMax = 10_000;

const environment = new Environment({
  enableOptionalTypes: true,
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 5_000, maxDepth: 100 },
});
registerKubernetesFunctions(environment);
const durations = environment.clone().registerVariable('text', 'string');
const durationOf = durations.parse('duration(text)');

const compiled: Map<string, Result<Expression, ExpressionProblem>> = new Map();
const compiledMax = 5_000;

function firstLine(error: unknown): string {
  return (error as Error).message.split('\n')[0]!;
}

function compile(text: string, variables: readonly string[]): Result<Expression, ExpressionProblem> {
  if (text.length > textBytesMax)
    return fail({ isWrong: true, message: `longer than ${textBytesMax} characters` });
  const own = environment.clone();
  for (const name of variables) own.registerVariable(name, 'dyn');
  try {
    const parsed = own.parse(inLibraryDialect(text));
    const checked = parsed.check();
    if (!checked.valid) return fail({ isWrong: false, message: firstLine(checked.error) });
    return ok((values) => parsed({ ...values }));
  } catch (error) {
    return fail({ isWrong: error instanceof ParseError, message: firstLine(error) });
  }
}

export function compileExpression(
  text: string,
  variables: readonly string[],
): Result<Expression, ExpressionProblem> {
  const key = `${variables.join()} ${text}`;
  let made = compiled.get(key);
  if (made === undefined) {
    made = compile(text, variables);
    if (compiled.size >= compiledMax) compiled.clear();
    compiled.set(key, made);
  }
  return made;
}

/** A JSON value as expressions see it. */
export function valueFor(schema: Schema, value: unknown): unknown {
  return expressionValue(schema, value, (text) => durationOf({ text }));
}

export function optionalValue(value: unknown): unknown {
  return value === undefined ? Optional.none() : Optional.of(value);
}
