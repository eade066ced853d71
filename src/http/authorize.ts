import type { Caller } from './caller.ts';
import { Problem } from './problem.ts';
import { isRole, type Need, type Role, rolesWithin } from './roles.ts';

/** The caller is known, and may not do this. */
export class RoleLacking extends Problem {
  readonly needed: Role;
  readonly caller: Caller;

  constructor(needed: Role, caller: Caller) {
    const { name, role } = caller;
    const who = name === undefined ? 'A function key' : `'${name}'`;
    const has = role === undefined ? 'no role here' : `role '${role}'`;
    super(403, 'role_lacking', `This needs role '${needed}'. ${who} has ${has}: ask who administers the app for it.`);
    this.needed = needed;
    this.caller = caller;
  }
}

/** @throws Problem 401 when nobody is signed in, RoleLacking when the caller may not do this */
export function authorize(caller: Caller | undefined, need: Need): Caller {
  if (need === 'public') return caller ?? { name: undefined, role: undefined };
  if (caller === undefined) throw new Problem(401, 'not_signed_in', 'Nobody is signed in: sign in first.');
  if (isRole(need) && !rolesWithin(caller.role).includes(need)) throw new RoleLacking(need, caller);
  return caller;
}
