import type { Json } from '../json.ts';

export type BinaryOperator =
  'OR' | 'AND' | '=' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' | '||' | '??';

export type Expression =
  | { kind: 'literal'; value: Json | undefined }
  | { kind: 'parameter'; name: string; position: number }
  | { kind: 'identifier'; name: string; position: number }
  | { kind: 'member'; object: Expression; key: Expression }
  | { kind: 'array'; items: Expression[] }
  | { kind: 'object'; entries: { name: string; value: Expression }[] }
  | { kind: 'unary'; operator: '-' | '+' | 'NOT'; operand: Expression }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression }
  | { kind: 'conditional'; condition: Expression; whenTrue: Expression; otherwise: Expression }
  | { kind: 'in'; value: Expression; choices: Expression[] }
  | { kind: 'between'; value: Expression; low: Expression; high: Expression }
  | { kind: 'like'; value: Expression; pattern: Expression; escape: Expression | undefined }
  | { kind: 'call'; name: string; operands: Expression[]; position: number }
  | { kind: 'subquery'; form: 'scalar' | 'exists' | 'array'; query: Query; position: number };

/** `value` binds the expression itself, `elements` each element of the array it yields. */
export type Source =
  | { kind: 'value' | 'elements'; name: string; expression: Expression; position: number }
  | { kind: 'subquery'; name: string; query: Query; position: number };

export type Selection =
  | { kind: 'all'; position: number }
  | { kind: 'value'; expression: Expression }
  | { kind: 'object'; entries: { name: string; value: Expression }[] };

export interface OrderTerm {
  expression: Expression;
  descending: boolean;
}

export interface Query {
  distinct: boolean;
  top: Expression | undefined;
  selection: Selection;
  sources: Source[];
  where: Expression | undefined;
  groupBy: Expression[];
  orderBy: OrderTerm[];
  offset: Expression | undefined;
  limit: Expression | undefined;
}
