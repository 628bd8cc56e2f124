// Text to tree. As in Kong, `||` binds tighter than `&&`: a && b || c is a && (b || c).
import { fail, ok, type Result } from '../../base/result.ts';
import { checkRegex, compileRegex } from '../regex.ts';
import type { Expression, Literal, Operator, Predicate } from './expression.ts';
import { Cursor, nestingMax } from './grammar.ts';
import { readLiteral } from './literals.ts';
import { syntaxError } from './syntax-error.ts';

/** Longer texts are refused: Kong's own schema has no bound, but whoever writes routes is not trusted here. */
export const expressionLengthMax = 16_384;

/** Well formed and yet wrong: told with the whole part. */
class WrongPart extends Error {
  readonly start: number;
  readonly end: number;

  constructor(start: number, end: number, reason: string) {
    super(reason);
    this.start = start;
    this.end = end;
  }
}

interface Subject {
  readonly field: string;
  readonly isLower: boolean;
  readonly isAny: boolean;
}

const identifier = /[A-Za-z][A-Za-z0-9_.]*/y;

function readIdentifier(cursor: Cursor): string | null {
  return cursor.rule('ident', () => cursor.match(identifier));
}

function deeper<T>(cursor: Cursor, part: () => T): T {
  if (++cursor.depth > nestingMax)
    throw new WrongPart(cursor.at, cursor.at + 1, `nested more than ${nestingMax} deep`);
  const value = part();
  cursor.depth--;
  return value;
}

function readCall(cursor: Cursor): Subject | null {
  return cursor.rule('transform_func', () => {
    const start = cursor.at;
    const name = readIdentifier(cursor);
    if (name === null || cursor.next(() => cursor.take('(') || null) === null) return null;
    const inner = cursor.next(() => deeper(cursor, () => readSubject(cursor)));
    if (inner === null || cursor.next(() => cursor.take(')') || null) === null) return null;
    if (name !== 'lower' && name !== 'any')
      throw new WrongPart(start, cursor.at, `unknown transformation function: ${name}`);
    return {
      field: inner.field,
      isLower: inner.isLower || name === 'lower',
      isAny: inner.isAny || name === 'any',
    };
  });
}

function readSubject(cursor: Cursor): Subject | null {
  return cursor.rule('lhs', () => {
    const call = readCall(cursor);
    if (call !== null) return call;
    const field = readIdentifier(cursor);
    return field === null ? null : { field, isLower: false, isAny: false };
  });
}

const operatorPattern = /==|!=|~|\^=|=\^|>=|>|<=|<|in|not[ \t\r\n]*in|contains/y;

function readOperator(cursor: Cursor): Operator | null {
  return cursor.rule('binary_operator', () => {
    const written = cursor.match(operatorPattern);
    return written === null ? null : written.startsWith('not') ? 'not in' : (written as Operator);
  });
}

function asRegex(literal: Literal, start: number, end: number): Literal {
  if (literal.type !== 'String')
    throw new WrongPart(start, end, 'regex operator can only be used with String operands');
  const problem = checkRegex(literal.text);
  if (problem !== null) throw new WrongPart(start, end, problem);
  return { type: 'Regex', pattern: literal.text, regex: compileRegex(literal.text) };
}

function readPredicate(cursor: Cursor): Predicate | null {
  return cursor.rule('predicate', () => {
    const start = cursor.at;
    const subject = readSubject(cursor);
    if (subject === null) return null;
    const operator = cursor.next(() => readOperator(cursor));
    if (operator === null) return null;
    const read = cursor.next(() => readLiteral(cursor));
    if (read === null) return null;
    if (read.literal === null) throw new WrongPart(read.start, read.end, read.problem);
    const literal = operator === '~' ? asRegex(read.literal, read.start, read.end) : read.literal;
    return { kind: 'predicate', ...subject, operator, literal, start, end: read.end };
  });
}

function readParenthesised(cursor: Cursor): Expression | null {
  return cursor.rule('parenthesised_expression', () => {
    const isNot = cursor.rule('not_op', () => cursor.take('!') || null) !== null;
    if (isNot) cursor.skip();
    if (!cursor.take('(')) return null;
    const inner = cursor.next(() => deeper(cursor, () => readExpression(cursor)));
    if (inner === null || cursor.next(() => cursor.take(')') || null) === null) return null;
    return isNot ? { kind: 'not', operand: inner } : inner;
  });
}

function readTerm(cursor: Cursor): Expression | null {
  return cursor.rule('term', () => readPredicate(cursor) ?? readParenthesised(cursor));
}

function readConnective(cursor: Cursor): 'and' | 'or' | null {
  if (cursor.rule('and_op', () => cursor.take('&&') || null) !== null) return 'and';
  return cursor.rule('or_op', () => cursor.take('||') || null) === null ? null : 'or';
}

/** Runs of `||` first, then `&&` over them, both from the left. */
function readExpression(cursor: Cursor): Expression | null {
  return cursor.rule('expression', () => {
    const first = readTerm(cursor);
    if (first === null) return null;
    let whole: Expression | null = null;
    let run: Expression = first;
    for (;;) {
      const more = cursor.next(() => {
        const kind = readConnective(cursor);
        const term = kind === null ? null : cursor.next(() => readTerm(cursor));
        return kind === null || term === null ? null : { kind, term };
      });
      if (more === null) break;
      if (more.kind === 'or') run = { kind: 'or', left: run, right: more.term };
      else {
        whole = whole === null ? run : { kind: 'and', left: whole, right: run };
        run = more.term;
      }
    }
    return whole === null ? run : { kind: 'and', left: whole, right: run };
  });
}

/** The tree, or Kong's multi-line text that says where the text is wrong. Never throws. */
export function parseExpression(text: string): Result<Expression> {
  if (text.length > expressionLengthMax) return fail(`longer than ${expressionLengthMax} characters`);
  const cursor = new Cursor(text);
  try {
    const expression = cursor.rule('matcher', () => {
      const found = cursor.next(() => readExpression(cursor));
      if (found === null) return null;
      cursor.skip();
      return cursor.rule('EOI', () => (cursor.at === text.length ? true : null)) === null ? null : found;
    });
    if (expression !== null) return ok(expression);
    const { at, reason } = cursor.failure;
    return fail(syntaxError(text, at, null, reason));
  } catch (error) {
    if (!(error instanceof WrongPart)) throw error;
    return fail(syntaxError(text, error.start, error.end, error.message));
  }
}
