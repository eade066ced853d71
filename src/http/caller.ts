import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { Problem } from './problem.ts';
import { type Role, roles } from './roles.ts';

/** Who calls, as far as the app can know. */
export interface Caller {
  /** Of the signed-in principal. */
  readonly name: string | undefined;
  /** The highest of the principal's; none of ours is none at all. */
  readonly role: Role | undefined;
}

export interface Access {
  /**
   * Whether `x-ms-client-principal` is believed. Only App Service authentication may set it, which takes it off what clients
   * send; without that, anybody could say to be anybody.
   */
  readonly trustsPrincipal: boolean;
  /** What one may do who has a function key and is not signed in; undefined where keys open nothing. */
  readonly keyRole: Role | undefined;
}

const principalHeader = 'x-ms-client-principal';

const claimSchema = z.object({ typ: z.string(), val: z.string() });
const principalSchema = z.object({
  userDetails: z.string().optional(),
  role_typ: z.string().optional(),
  claims: z.array(claimSchema).optional(),
});

/** What tells best who it is comes first. An app that signs in by itself has an id only. */
const nameClaims = [
  'preferred_username',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
  'name',
  'appid',
  'azp',
  'http://schemas.microsoft.com/identity/claims/objectidentifier',
  'oid',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier',
  'sub',
];

const roleClaims = ['roles', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role'];

/**
 * Undefined when nobody is signed in and keys open nothing. The host has checked the key by then.
 * @throws Problem 400 for a principal without any name that is known
 */
export function callerOf({ headers }: HttpRequest, { trustsPrincipal, keyRole }: Access): Caller | undefined {
  const principal = trustsPrincipal ? headers.get(principalHeader) : null;
  if (principal !== null) return readPrincipal(principal, headers.get(`${principalHeader}-name`));
  return keyRole === undefined ? undefined : { name: undefined, role: keyRole };
}

function readPrincipal(principal: string, fallback: string | null): Caller {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(principal, 'base64').toString('utf8'));
    const { userDetails, claims = [], role_typ } = principalSchema.parse(decoded);
    const valuesOf = (types: readonly string[]) =>
      types.flatMap((type) => claims.flatMap(({ typ, val }) => (typ === type ? [val] : [])));
    const name = [userDetails, ...valuesOf(nameClaims), fallback ?? undefined].find((known) => known !== undefined);
    const held = valuesOf(role_typ === undefined ? roleClaims : [...roleClaims, role_typ]);
    return { name: z.string().min(1).parse(name), role: highestOf(held) };
  } catch {
    throw new Problem(400, 'invalid', `${principalHeader} names nobody: it is set by App Service authentication.`);
  }
}

/** For logs: a function key names nobody. */
export const nameOf = ({ name }: Caller): string => name ?? 'a function key';

const highestOf = (held: readonly string[]): Role | undefined =>
  roles.findLast((role) => held.some((one) => one.toLowerCase() === role));

/**
 * Who acts: the signed-in principal where there is one, and what the body says only where there is none.
 * @throws Problem 400 when nobody is named
 */
export function actorOf({ name }: Caller, claimed: string | undefined): string {
  const actor = name ?? claimed;
  if (actor !== undefined) return actor;
  throw new Problem(400, 'invalid', 'by is missing: say in the JSON body who decides ({"by": "…"}), or sign in.', [
    { field: 'by', message: 'is missing' },
  ]);
}
