// The grammar of expressions as one function a rule, over a cursor that remembers how far the text made sense and which rules
// were tried there: that is what an error says was expected.

/** In the order in which an error names them. */
const ruleNames = [
  'EOI',
  'WHITESPACE',
  'ident',
  'rhs',
  'transform_func',
  'lhs',
  'int_literal',
  'hex_digits',
  'oct_digits',
  'dec_digits',
  'str_literal',
  'str_char',
  'str_esc',
  'rawstr_literal',
  'rawstr_char',
  'ipv4_literal',
  'ipv6_literal',
  'ipv4_cidr_literal',
  'ipv6_cidr_literal',
  'binary_operator',
  'and_op',
  'or_op',
  'not_op',
  'predicate',
  'parenthesised_expression',
  'term',
  'expression',
  'matcher',
] as const;

export type RuleName = (typeof ruleNames)[number];

/** Deeper than anyone writes: a tenant's text must not exhaust the stack. */
export const nestingMax = 64;

export class Cursor {
  readonly text: string;
  at = 0;
  depth = 0;
  private attemptAt = 0;
  private attempts: RuleName[] = [];

  constructor(text: string) {
    this.text = text;
  }

  private attemptsAt(place: number): number {
    return this.attemptAt === place ? this.attempts.length : 0;
  }

  /**
   * Runs a rule; without a value the cursor is where it was. Rules inside that made no progress are not worth telling, the
   * rule itself is; a single one inside says it better.
   */
  rule<T>(name: RuleName, body: () => T | null): T | null {
    const start = this.at;
    const kept = this.attemptsAt(start);
    const value = body();
    if (value !== null) return value;
    this.at = start;
    this.track(name, start, kept);
    return null;
  }

  private track(name: RuleName, place: number, before: number): void {
    if (this.attemptsAt(place) - before === 1) return;
    if (place === this.attemptAt) this.attempts.length = before;
    if (place > this.attemptAt) {
      this.attempts.length = 0;
      this.attemptAt = place;
    }
    if (place === this.attemptAt) this.attempts.push(name);
  }

  /** Blanks may stand between the parts of most rules. */
  skip(): void {
    while (' \t\r\n'.includes(this.text[this.at] ?? '.')) this.at++;
  }

  take(literal: string): boolean {
    if (!this.text.startsWith(literal, this.at)) return false;
    this.at += literal.length;
    return true;
  }

  /** What a sticky pattern takes here, or null. */
  match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return null;
    this.at += found[0].length;
    return found[0];
  }

  /** Blanks and then the part; without it no blanks are taken. */
  next<T>(part: () => T | null): T | null {
    const start = this.at;
    this.skip();
    const value = part();
    if (value === null) this.at = start;
    return value;
  }

  get failure(): { readonly at: number; readonly reason: string } {
    const expected = ruleNames.filter((name) => this.attempts.includes(name));
    const last = expected.at(-1) ?? '';
    const others = expected.slice(0, -1);
    const list =
      others.length === 0
        ? last
        : others.length === 1
          ? `${others[0]} or ${last}`
          : `${others.join(', ')}, or ${last}`;
    return { at: this.attemptAt, reason: list === '' ? 'unknown parsing error' : `expected ${list}` };
  }
}
