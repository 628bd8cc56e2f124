// A route's expression as a tree (the language of Kong's atc-router).
import type { RE2JS } from 're2js';
import type { IpAddress, IpNetwork } from '../../base/ip-address.ts';

export type FieldType = 'String' | 'Int' | 'IpAddr';

export type Operator =
  | '=='
  | '!='
  | '~'
  | '^='
  | '=^'
  | '>'
  | '>='
  | '<'
  | '<='
  | 'in'
  | 'not in'
  | 'contains';

export type Literal =
  | { readonly type: 'String'; readonly text: string }
  | { readonly type: 'Int'; readonly value: number }
  | { readonly type: 'IpAddr'; readonly address: IpAddress }
  | { readonly type: 'IpCidr'; readonly network: IpNetwork }
  | { readonly type: 'Regex'; readonly pattern: string; readonly regex: RE2JS };

export interface Predicate {
  readonly kind: 'predicate';
  /** As written: 'http.headers.x_user'. */
  readonly field: string;
  /** lower(...) */
  readonly isLower: boolean;
  /** any(...): one value is enough; otherwise all of a field's values have to do. */
  readonly isAny: boolean;
  readonly operator: Operator;
  readonly literal: Literal;
  /** Where it stands in the text. */
  readonly start: number;
  readonly end: number;
}

export type Expression =
  | Predicate
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly operand: Expression };

export function* predicatesOf(expression: Expression): Generator<Predicate> {
  if (expression.kind === 'predicate') yield expression;
  else if (expression.kind === 'not') yield* predicatesOf(expression.operand);
  else {
    yield* predicatesOf(expression.left);
    yield* predicatesOf(expression.right);
  }
}
