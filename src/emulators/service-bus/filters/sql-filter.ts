import { BrokerError } from '../broker-error.ts';
import type { MessageFields } from '../message.ts';
import type { ArithmeticOperator, CompareOperator, SqlExpression, SqlLiteral, SqlProperty } from './sql-expression.ts';
import { parseSqlFilter } from './sql-parser.ts';

/** Names of system properties in lower case, as `sys.` names ignore case. `label` is the older name of the subject. */
const systemProperties: Readonly<Record<string, (message: MessageFields) => SqlLiteral | undefined>> = {
  messageid: (message) => message.messageId,
  correlationid: (message) => message.correlationId,
  to: (message) => message.to,
  replyto: (message) => message.replyTo,
  label: (message) => message.subject,
  subject: (message) => message.subject,
  sessionid: (message) => message.sessionId,
  replytosessionid: (message) => message.replyToSessionId,
  contenttype: (message) => message.contentType,
};

/** null is SQL's "unknown": what compares with it is unknown, and an unknown condition does not match. */
type Evaluate = (message: MessageFields) => SqlLiteral;

function toLiteral(value: unknown): SqlLiteral {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value instanceof Date ? value.getTime() : null;
}

function compileProperty({ scope, name }: SqlProperty): Evaluate {
  const key = name.toLowerCase();
  if (scope === 'user') {
    return ({ applicationProperties }) => {
      const found = Object.keys(applicationProperties).find((candidate) => candidate.toLowerCase() === key);
      return found === undefined ? null : toLiteral(applicationProperties[found]);
    };
  }
  const read = Object.hasOwn(systemProperties, key) ? systemProperties[key] : undefined;
  if (read === undefined)
    throw new BrokerError('bad-argument', `The SQL filter names sys.${name}, which does not exist.`);
  return (message) => read(message) ?? null;
}

function compare(operator: CompareOperator, left: SqlLiteral, right: SqlLiteral): boolean | null {
  if (left === null || right === null || typeof left !== typeof right) return null;
  switch (operator) {
    case '=':
      return left === right;
    case '<>':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

function calculate(operator: ArithmeticOperator, left: SqlLiteral, right: SqlLiteral): SqlLiteral {
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return left + right;
  if (typeof left !== 'number' || typeof right !== 'number') return null;
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? null : left / right;
    case '%':
      return right === 0 ? null : left % right;
  }
}

const wildcards: Readonly<Record<string, string>> = { '%': '.*', _: '.' };
const quote = (character: string) => character.replace(/[\\^$.*+?()[\]{}|/]/u, String.raw`\$&`);

/** `%` stands for any text, `_` for any one character. Upper and lower case differ. */
function isLike(text: SqlLiteral, pattern: SqlLiteral, escape: string | undefined): boolean | null {
  if (typeof text !== 'string' || typeof pattern !== 'string') return null;
  let source = '';
  let isEscaped = false;
  for (const character of pattern) {
    if (!isEscaped && character === escape) isEscaped = true;
    else {
      source += (isEscaped ? undefined : wildcards[character]) ?? quote(character);
      isEscaped = false;
    }
  }
  return new RegExp(`^${source}$`, 'su').test(text);
}

/** One true is enough; without one, an unknown makes the whole unknown. */
function anyOf(values: readonly SqlLiteral[]): boolean | null {
  if (values.includes(true)) return true;
  return values.every((value) => value === false) ? false : null;
}

const not = (value: SqlLiteral) => (typeof value === 'boolean' ? !value : null);

function compile(expression: SqlExpression): Evaluate {
  switch (expression.kind) {
    case 'literal':
      return () => expression.value;
    case 'property':
      return compileProperty(expression);
    case 'and':
    case 'or':
    case 'compare':
    case 'arithmetic':
      return compileBinary(expression);
    case 'not': {
      const operand = compile(expression.operand);
      return (message) => not(operand(message));
    }
    case 'negate': {
      const operand = compile(expression.operand);
      return (message) => calculate('-', 0, operand(message));
    }
    case 'like': {
      const [operand, pattern] = [compile(expression.operand), compile(expression.pattern)];
      return (message) => isLike(operand(message), pattern(message), expression.escape);
    }
    case 'in': {
      const [operand, options] = [compile(expression.operand), expression.options.map(compile)];
      return (message) => anyOf(options.map((option) => compare('=', operand(message), option(message))));
    }
    case 'is-null': {
      const operand = compile(expression.operand);
      return (message) => operand(message) === null;
    }
    case 'exists': {
      const property = compileProperty(expression.property);
      return (message) => property(message) !== null;
    }
  }
}

type Binary = Extract<SqlExpression, { left: SqlExpression }>;

function compileBinary(expression: Binary): Evaluate {
  const [left, right] = [compile(expression.left), compile(expression.right)];
  switch (expression.kind) {
    case 'or':
      return (message) => anyOf([left(message), right(message)]);
    case 'and':
      return (message) => not(anyOf([not(left(message)), not(right(message))]));
    case 'compare':
      return (message) => compare(expression.operator, left(message), right(message));
    case 'arithmetic':
      return (message) => calculate(expression.operator, left(message), right(message));
  }
}

/** @throws BrokerError `bad-argument` for an expression that cannot be parsed or names an unknown system property. */
export function compileSqlFilter(text: string): (message: MessageFields) => boolean {
  const evaluate = compile(parseSqlFilter(text));
  return (message) => evaluate(message) === true;
}
