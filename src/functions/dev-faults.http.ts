import { z } from 'zod';
import { faultNames } from '../config.ts';
import type { Faults } from '../faults.ts';
import { type Endpoint, jsonBody } from '../http/endpoint.ts';
import { checked } from '../http/problem.ts';

const bodySchema = z.partialRecord(z.enum(faultNames), z.enum(['on', 'off']));

/** Switches parts off and on again, to try failure and recovery; only for development. */
export const devFaultEndpoints = (faults: Faults): Endpoint[] => [
  {
    name: 'postDevFaults',
    method: 'POST',
    route: 'dev/faults',
    async handle({ request }) {
      const switches = checked(bodySchema, await jsonBody(request), 'The body');
      for (const name of faultNames) {
        const state = switches[name];
        if (state !== undefined) faults.set(name, state);
      }
      return { status: 200, jsonBody: { off: [...faults.off] } };
    },
  },
];
