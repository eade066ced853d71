import { useCallback, useState } from 'preact/hooks';

const nameKey = 'durable-saga.by';

/** Who acts, remembered in this browser. The API prefers who is signed in. */
export function useOperator(): readonly [name: string, rename: (name: string) => void] {
  const [name, setName] = useState(() => localStorage.getItem(nameKey) ?? '');
  const rename = useCallback((next: string): void => {
    setName(next);
    localStorage.setItem(nameKey, next);
  }, []);
  return [name, rename];
}
