// How the extension shows the values that a history keeps.

/** Stored values are JSON texts; the extension shows some of them parsed. */
export function parseShown(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** A function's input is kept as the list of its one argument. */
export const onlyArgument = (input: unknown): unknown =>
  Array.isArray(input) && input.length === 1 ? input[0] : input;
