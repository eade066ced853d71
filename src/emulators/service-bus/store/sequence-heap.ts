export interface SequenceHeap {
  readonly size: number;
  push(value: number): void;
  /** The smallest value, left in place. */
  peek(): number | undefined;
  /** Takes the smallest value out. */
  pop(): number | undefined;
}

/** A binary min-heap: abandoned messages go back to their place in the order without moving all the others. */
export function createSequenceHeap(): SequenceHeap {
  const values: number[] = [];
  const at = (index: number) => values[index] ?? Infinity;
  const swap = (a: number, b: number) => ([values[a], values[b]] = [at(b), at(a)]);

  const rise = (start: number) => {
    for (let child = start, parent = (child - 1) >> 1; child > 0 && at(child) < at(parent); parent = (child - 1) >> 1) {
      swap(child, parent);
      child = parent;
    }
  };
  const sink = () => {
    for (let parent = 0; ;) {
      const left = 2 * parent + 1;
      const child = at(left + 1) < at(left) ? left + 1 : left;
      if (at(child) >= at(parent)) return;
      swap(child, parent);
      parent = child;
    }
  };

  return {
    get size() {
      return values.length;
    },
    push(value) {
      values.push(value);
      rise(values.length - 1);
    },
    peek: () => values[0],
    pop() {
      const smallest = values[0];
      const last = values.pop();
      if (last !== undefined && values.length > 0) {
        values[0] = last;
        sink();
      }
      return smallest;
    },
  };
}
