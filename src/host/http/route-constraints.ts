/** Inline route constraints of ASP.NET Core routing, which Functions uses: `{id:int:min(1)}`. */

export type RouteConstraint = (value: string) => boolean;

const integer = /^[+-]?\d+$/;
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

const isIntegerOf = (bits: bigint) => (value: string) =>
  integer.test(value) && BigInt.asIntN(Number(bits), BigInt(value)) === BigInt(value);

const plain: Readonly<Record<string, RouteConstraint>> = {
  int: isIntegerOf(32n),
  long: isIntegerOf(64n),
  bool: (value) => /^(?:true|false)$/i.test(value),
  datetime: (value) => !Number.isNaN(Date.parse(value)),
  decimal: (value) => decimal.test(value),
  double: (value) => decimal.test(value),
  float: (value) => decimal.test(value),
  guid: (value) => /^\{?[\da-f]{8}-?(?:[\da-f]{4}-?){3}[\da-f]{12}\}?$/i.test(value),
  alpha: (value) => /^[a-z]*$/i.test(value),
  required: (value) => value !== '',
};

const withArguments: Readonly<Record<string, (argument: string) => RouteConstraint>> = {
  minlength: (least) => (value) => value.length >= Number(least),
  maxlength: (most) => (value) => value.length <= Number(most),
  length(bounds) {
    const [least, most = least] = bounds.split(',').map(Number);
    return (value) => value.length >= Number(least) && value.length <= Number(most);
  },
  min: (least) => (value) => integer.test(value) && Number(value) >= Number(least),
  max: (most) => (value) => integer.test(value) && Number(value) <= Number(most),
  range(bounds) {
    const [least, most] = bounds.split(',').map(Number);
    return (value) => integer.test(value) && Number(value) >= Number(least) && Number(value) <= Number(most);
  },
  regex(source) {
    const pattern = new RegExp(source, 'i');
    return (value) => pattern.test(value);
  },
};

/** @throws for a constraint that Functions does not know. */
export function parseRouteConstraint(text: string): RouteConstraint {
  const [, name = '', argument] = /^(\w+)(?:\((.*)\))?$/s.exec(text) ?? [];
  const constraint = argument === undefined ? plain[name] : withArguments[name]?.(argument);
  if (!constraint) {
    const known = [...Object.keys(plain), ...Object.keys(withArguments).map((key) => `${key}(…)`)];
    throw new Error(`Unknown route constraint "${text}". Known ones: ${known.join(', ')}.`);
  }
  return constraint;
}
