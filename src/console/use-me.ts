import { createContext } from 'preact';
import { useCallback, useContext } from 'preact/hooks';
import type { Me } from '../http/me.http.ts';
import type { Role } from '../http/roles.ts';
import type { OperationName } from './operations.ts';

/** Undefined until it is known: then nothing is kept from anybody, and the API has the last word anyway. */
export const MeContext = createContext<Me | undefined>(undefined);

/** What one may do here beside looking. */
export type Deed = OperationName | 'review' | 'upload';

const neededFor = (deed: Deed): Role => (deed === 'review' || deed === 'upload' ? 'reviewer' : 'operator');

/** Answers why the one who is signed in may not do something, or nothing. */
export function useRefusal(): (deed: Deed) => string | undefined {
  const me = useContext(MeContext);
  return useCallback(
    (deed) => {
      const needed = neededFor(deed);
      if (me === undefined || me.roles.includes(needed)) return undefined;
      return `This needs role ${needed}. ${me.roles.length === 0 ? 'You have none here' : `You are ${me.roles.at(-1)}`}.`;
    },
    [me],
  );
}
