export type SqlLiteral = string | number | boolean | null;

export type CompareOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

/** `sys`: what the broker knows of a message. `user`: its application properties. */
export interface SqlProperty {
  readonly kind: 'property';
  readonly scope: 'sys' | 'user';
  readonly name: string;
}

export type SqlExpression =
  | SqlProperty
  | { readonly kind: 'literal'; readonly value: SqlLiteral }
  | { readonly kind: 'and' | 'or'; readonly left: SqlExpression; readonly right: SqlExpression }
  | { readonly kind: 'not' | 'negate'; readonly operand: SqlExpression }
  | {
      readonly kind: 'compare';
      readonly operator: CompareOperator;
      readonly left: SqlExpression;
      readonly right: SqlExpression;
    }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: SqlExpression;
      readonly right: SqlExpression;
    }
  | {
      readonly kind: 'like';
      readonly operand: SqlExpression;
      readonly pattern: SqlExpression;
      readonly escape: string | undefined;
    }
  | { readonly kind: 'in'; readonly operand: SqlExpression; readonly options: readonly SqlExpression[] }
  | { readonly kind: 'is-null'; readonly operand: SqlExpression }
  | { readonly kind: 'exists'; readonly property: SqlProperty };
