import { z } from 'zod';
import type { Faults } from '../faults.ts';
import { type Endpoint, jsonBody } from '../http/endpoint.ts';
import { checked } from '../http/problem.ts';

const switchSchema = z.enum(['on', 'off']);
const bodySchema = z
  .strictObject({ extraction: switchSchema, persistence: switchSchema, notification: switchSchema })
  .partial();

/** Switches parts off and on again, to try failure and recovery; only for development. */
export const devFaultEndpoints = (faults: Faults): Endpoint[] => [
  {
    name: 'postDevFaults',
    method: 'POST',
    route: 'dev/faults',
    async handle({ request }) {
      const switches = checked(bodySchema, await jsonBody(request), 'The body');
      if (switches.extraction !== undefined) faults.set('extraction', switches.extraction);
      if (switches.persistence !== undefined) faults.set('persistence', switches.persistence);
      if (switches.notification !== undefined) faults.set('notification', switches.notification);
      return { status: 200, jsonBody: { off: [...faults.off] } };
    },
  },
];
