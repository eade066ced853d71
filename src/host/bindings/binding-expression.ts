import { type BindingData, findBindingData } from './binding-data.ts';

export interface ExpressionContext {
  readonly data: BindingData;
  readonly functionName: string;
  readonly now: () => number;
  readonly newId: () => string;
}

const dateParts: Readonly<Record<string, (date: string) => string>> = {
  yyyy: (date) => date.slice(0, 4),
  MM: (date) => date.slice(5, 7),
  dd: (date) => date.slice(8, 10),
  HH: (date) => date.slice(11, 13),
  mm: (date) => date.slice(14, 16),
  ss: (date) => date.slice(17, 19),
};

/** A part of .NET's formats: digits of year, month, day, hour, minute and second. */
const formatDate = (now: number, format: string) => {
  const date = new Date(now).toISOString();
  return format.replaceAll(/yyyy|MM|dd|HH|mm|ss/g, (part) => dateParts[part]?.(date) ?? part);
};

function systemValue(name: string, format: string | undefined, context: ExpressionContext): string | undefined {
  switch (name.toLowerCase()) {
    case 'rand-guid':
    case 'sys.randguid':
      return context.newId();
    case 'datetime':
    case 'sys.utcnow':
      return formatDate(context.now(), format ?? 'yyyy-MM-ddTHH:mm:ssZ');
    case 'sys.methodname':
      return context.functionName;
    default:
      return undefined;
  }
}

const toText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** The value that `{name}` stands for. @throws for a name that nothing has */
export function evaluateExpression(expression: string, context: ExpressionContext): unknown {
  const [, name = '', format] = /^([^:]+)(?::(.+))?$/.exec(expression) ?? [];
  const value = findBindingData(context.data, name) ?? systemValue(name, format, context);
  if (value !== undefined) return value;
  throw new Error(
    `"{${expression}}" names nothing that the trigger brings. It brings ${Object.keys(context.data).join(', ') || 'nothing'}.`,
  );
}

/** Puts values in the place of their names: `{id}`, `{order.id}`, `{rand-guid}`, `{DateTime:yyyy-MM-dd}`. */
export const resolveExpressions = (text: string, context: ExpressionContext): string =>
  text.replaceAll(/\{([^{}]+)\}/g, (_whole, expression: string) => toText(evaluateExpression(expression, context)));
