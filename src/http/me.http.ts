import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { roles, rolesWithin } from './roles.ts';

const meSchema = z.object({
  /** Absent for one who has only a key. */
  name: z.string().optional(),
  /** All that the caller may act in; none for one who is signed in and was given no role. */
  roles: z.array(z.enum(roles)).readonly(),
});
export type Me = z.infer<typeof meSchema>;

/** Lets a user interface hide what one may not do. */
export const meEndpoint: Endpoint = {
  name: 'getMe',
  method: 'GET',
  route: 'me',
  summary: 'Who calls, and with which roles',
  answers: { 200: meSchema },
  handle: async ({ caller: { name, role } }) => {
    const me: Me = { name, roles: rolesWithin(role) };
    return { status: 200, jsonBody: me };
  },
};
