import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { Problem } from '../http/problem.ts';

const principalSchema = z.object({
  userDetails: z.string().optional(),
  claims: z.array(z.object({ typ: z.string(), val: z.string() })).optional(),
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

/**
 * Who acts: the signed-in principal where there is one (`x-ms-client-principal`, set by App Service authentication), and what
 * the body says only where there is none.
 * @throws Problem 400 when nobody is named, or a principal without any name that is known
 */
export function actorOf(request: HttpRequest, claimed: string | undefined): string {
  const actor = principalName(request.headers.get('x-ms-client-principal')) ?? claimed;
  if (actor !== undefined) return actor;
  throw new Problem(400, 'invalid', 'by is missing: say who decides, or sign in.', [
    { field: 'by', message: 'is missing' },
  ]);
}

function principalName(header: string | null): string | undefined {
  if (header === null) return undefined;
  try {
    const decoded: unknown = JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
    const { userDetails, claims = [] } = principalSchema.parse(decoded);
    const named = nameClaims.flatMap((name) => claims.filter(({ typ }) => typ === name));
    return z
      .string()
      .min(1)
      .parse(userDetails ?? named[0]?.val);
  } catch {
    throw new Problem(
      400,
      'invalid',
      'x-ms-client-principal names nobody: it is set by App Service authentication, not by callers.',
    );
  }
}
