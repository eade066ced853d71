/**
 * Whether two values are written as the same JSON, as far as that can be told without writing them, which would take several times as
 * long. Where it cannot (an object of its own class, one object in both places, which may have changed in between), the answer is no.
 */
export function isSameJson(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || one === null) return one === other && typeof one !== 'function';
  if (typeof other !== 'object' || other === null || one === other) return false;
  if (Array.isArray(one)) {
    if (!Array.isArray(other) || one.length !== other.length) return false;
    // Unlike `every`, it does not leave out the holes of an array.
    return one.findIndex((value, place) => !isSameJson(value, other[place])) < 0;
  }
  return isPlain(one) && isPlain(other) && haveSameProperties(one, other);
}

/** The properties of two objects of any one class, by the same measure. */
export function haveSameProperties(one: object, other: object): boolean {
  if ('toJSON' in one || 'toJSON' in other) return false;
  const names = Object.keys(one);
  const others = Object.keys(other);
  return (
    names.length === others.length &&
    names.every((name, place) => name === others[place] && isSameJson(Reflect.get(one, name), Reflect.get(other, name)))
  );
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};
