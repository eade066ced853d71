import { type Json, type JsonObject, readProperty } from '../json.ts';
import { aggregates } from './aggregates.ts';
import { functions } from './functions/index.ts';
import { finite } from './functions/definition.ts';
import { createLikeMatcher } from './like.ts';
import { compareWithinType, isEqual, type Value } from './order.ts';
import { QueryError } from './query-error.ts';
import type { BinaryOperator, Expression, Query } from './syntax.ts';

/** What an expression sees: a value for each name, outer names first, and in a grouped query the rows of its group. */
export interface Scope {
  readonly values: readonly Value[];
  readonly group: readonly Scope[];
}

export type Evaluate = (scope: Scope) => Value;

export interface CompileContext {
  /** The names in the order of a scope's values; inner names come later and win. */
  readonly names: readonly string[];
  readonly parameters: ReadonlyMap<string, Json>;
  readonly now: number;
  /** Whether aggregates may stand here; they then read the scope's group. */
  readonly aggregates: 'allowed' | 'refused';
  /** Given from outside because queries and expressions contain each other. Yields the results within a scope. */
  compileSubquery(query: Query, context: CompileContext): (scope: Scope) => Json[];
}

/** @throws QueryError for unknown names, functions and parameters. */
export function compileExpression(expression: Expression, context: CompileContext): Evaluate {
  const compile = (inner: Expression) => compileExpression(inner, context);
  switch (expression.kind) {
    case 'literal':
      return () => expression.value;
    case 'parameter':
      return compileParameter(expression, context);
    case 'identifier': {
      const index = context.names.lastIndexOf(expression.name);
      if (index === -1) throw new QueryError(`"${expression.name}" is not a name known here.`, expression.position);
      return ({ values }) => values[index];
    }
    case 'member':
      return compileMember(compile(expression.object), compile(expression.key));
    case 'array': {
      const items = expression.items.map(compile);
      return (scope) => items.map((item) => item(scope)).filter((item) => item !== undefined);
    }
    case 'object':
      return compileEntries(expression.entries, context);
    case 'unary':
      return compileUnary(expression.operator, compile(expression.operand));
    case 'binary':
      return compileBinary(expression.operator, compile(expression.left), compile(expression.right));
    case 'conditional': {
      const [condition, whenTrue, otherwise] = [expression.condition, expression.whenTrue, expression.otherwise].map(
        compile,
      );
      return (scope) => (condition?.(scope) === true ? whenTrue?.(scope) : otherwise?.(scope));
    }
    case 'in':
      return compileIn(compile(expression.value), expression.choices.map(compile));
    case 'between':
      return compileBetween(compile(expression.value), compile(expression.low), compile(expression.high));
    case 'like':
      return compileLike(
        compile(expression.value),
        compile(expression.pattern),
        expression.escape ? compile(expression.escape) : () => undefined,
      );
    case 'call':
      return compileCall(expression, context);
    case 'subquery':
      return compileSubquery(expression, context);
  }
}

type OfKind<K extends Expression['kind']> = Extract<Expression, { kind: K }>;

function compileParameter({ name, position }: OfKind<'parameter'>, context: CompileContext): Evaluate {
  if (!context.parameters.has(name)) throw new QueryError(`The parameter ${name} has no value.`, position);
  const value = context.parameters.get(name);
  return () => value;
}

const compileMember =
  (object: Evaluate, key: Evaluate): Evaluate =>
  (scope) => {
    const name = key(scope);
    return typeof name === 'string' || typeof name === 'number' ? readProperty(object(scope), name) : undefined;
  };

export function compileEntries(
  entries: readonly { name: string; value: Expression }[],
  context: CompileContext,
): Evaluate {
  const compiled = entries.map(({ name, value }) => ({ name, value: compileExpression(value, context) }));
  return (scope): JsonObject => {
    const properties: [string, Json][] = [];
    for (const { name, value } of compiled) {
      const result = value(scope);
      if (result !== undefined) properties.push([name, result]);
    }
    return Object.fromEntries(properties);
  };
}

const toNumber = (value: Value, sign: 1 | -1): Value => (typeof value === 'number' ? sign * value : undefined);

function compileUnary(operator: '-' | '+' | 'NOT', operand: Evaluate): Evaluate {
  switch (operator) {
    case 'NOT':
      return (scope) => {
        const value = operand(scope);
        return typeof value === 'boolean' ? !value : undefined;
      };
    case '-':
      return (scope) => toNumber(operand(scope), -1);
    case '+':
      return (scope) => toNumber(operand(scope), 1);
  }
}

const invert = (value: boolean | undefined) => (value === undefined ? undefined : !value);

/** Three-valued: whatever is not a boolean counts as undefined (reference: "Logical operators"). */
function combine(decisive: boolean, left: Evaluate, right: Evaluate): Evaluate {
  return (scope) => {
    const first = left(scope);
    if (first === decisive) return decisive;
    const second = right(scope);
    if (second === decisive) return decisive;
    return typeof first === 'boolean' && typeof second === 'boolean' ? !decisive : undefined;
  };
}

const compare =
  (left: Evaluate, right: Evaluate, holds: (order: number) => boolean): Evaluate =>
  (scope) => {
    const order = compareWithinType(left(scope), right(scope));
    return order === undefined ? undefined : holds(order);
  };

const calculate =
  (left: Evaluate, right: Evaluate, compute: (a: number, b: number) => number): Evaluate =>
  (scope) => {
    const [a, b] = [left(scope), right(scope)];
    return typeof a === 'number' && typeof b === 'number' ? finite(compute(a, b)) : undefined;
  };

function compileBinary(operator: BinaryOperator, left: Evaluate, right: Evaluate): Evaluate {
  switch (operator) {
    case 'AND':
      return combine(false, left, right);
    case 'OR':
      return combine(true, left, right);
    case '=':
      return (scope) => isEqual(left(scope), right(scope));
    case '!=':
      return (scope) => invert(isEqual(left(scope), right(scope)));
    case '<':
      return compare(left, right, (order) => order < 0);
    case '<=':
      return compare(left, right, (order) => order <= 0);
    case '>':
      return compare(left, right, (order) => order > 0);
    case '>=':
      return compare(left, right, (order) => order >= 0);
    case '+':
      return calculate(left, right, (a, b) => a + b);
    case '-':
      return calculate(left, right, (a, b) => a - b);
    case '*':
      return calculate(left, right, (a, b) => a * b);
    case '/':
      return calculate(left, right, (a, b) => a / b);
    case '%':
      return calculate(left, right, (a, b) => a % b);
    case '||':
      return (scope) => {
        const [a, b] = [left(scope), right(scope)];
        return typeof a === 'string' && typeof b === 'string' ? a + b : undefined;
      };
    case '??':
      return (scope) => {
        const value = left(scope);
        return value === undefined ? right(scope) : value;
      };
  }
}

function compileIn(value: Evaluate, choices: readonly Evaluate[]): Evaluate {
  return (scope) => {
    const sought = value(scope);
    if (sought === undefined) return undefined;
    let result: boolean | undefined = false;
    for (const choice of choices) {
      const equal = isEqual(sought, choice(scope));
      if (equal === true) return true;
      if (equal === undefined) result = undefined;
    }
    return result;
  };
}

const compileBetween = (value: Evaluate, low: Evaluate, high: Evaluate): Evaluate =>
  combine(
    false,
    compare(value, low, (order) => order >= 0),
    compare(value, high, (order) => order <= 0),
  );

const compileLike =
  (value: Evaluate, pattern: Evaluate, escape: Evaluate): Evaluate =>
  (scope) => {
    const [text, like, escapeWith] = [value(scope), pattern(scope), escape(scope)];
    if (typeof text !== 'string' || typeof like !== 'string') return undefined;
    return createLikeMatcher(like, typeof escapeWith === 'string' ? escapeWith : undefined).test(text);
  };

function compileCall({ name, operands, position }: OfKind<'call'>, context: CompileContext): Evaluate {
  const aggregate = Object.hasOwn(aggregates, name) ? aggregates[name] : undefined;
  const definition = Object.hasOwn(functions, name) ? functions[name] : undefined;
  const [least, most] = aggregate ? [1, 1] : (definition?.arity ?? [0, 0]);
  if (aggregate === undefined && definition === undefined) {
    throw new QueryError(`The function ${name} is not supported.`, position);
  }
  if (operands.length < least || operands.length > most) {
    const wanted = least === most ? `${least}` : `${least} to ${most}`;
    throw new QueryError(`${name} takes ${wanted} operands, not ${operands.length}.`, position);
  }
  if (definition !== undefined) {
    const compiled = operands.map((operand) => compileExpression(operand, context));
    return (scope) =>
      definition.evaluate(
        compiled.map((operand) => operand(scope)),
        context.now,
      );
  }
  if (context.aggregates === 'refused') throw new QueryError(`The aggregate ${name} cannot stand here.`, position);
  const [operand] = operands.map((each) => compileExpression(each, { ...context, aggregates: 'refused' }));
  return ({ group }) => aggregate?.(group.map((row) => operand?.(row)).filter((value) => value !== undefined));
}

function compileSubquery({ form, query }: OfKind<'subquery'>, context: CompileContext): Evaluate {
  const run = context.compileSubquery(query, context);
  switch (form) {
    case 'array':
      return run;
    case 'exists':
      return (scope) => run(scope).length > 0;
    case 'scalar':
      return (scope) => {
        const results = run(scope);
        if (results.length > 1) throw new QueryError('A subquery used as a value yielded more than one result.');
        return results[0];
      };
  }
}
