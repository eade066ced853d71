import { z } from 'zod';
import { faultNames } from '../config.ts';
import type { Faults } from '../faults.ts';
import { checkedBody, type Endpoint } from '../http/endpoint.ts';

const bodySchema = z.partialRecord(z.enum(faultNames), z.enum(['on', 'off']));

/** Switches parts off and on again, to try failure and recovery; only for development. */
export const devFaultEndpoints = (faults: Faults): Endpoint[] => [
  {
    name: 'postDevFaults',
    method: 'POST',
    route: 'dev/faults',
    summary: 'Switches parts off and on again',
    body: bodySchema,
    answers: { 200: z.object({ off: z.array(z.enum(faultNames)) }) },
    async handle(call) {
      const switches = await checkedBody(bodySchema, call);
      for (const name of faultNames) {
        const state = switches[name];
        if (state !== undefined) faults.set(name, state);
      }
      return { status: 200, jsonBody: { off: [...faults.off] } };
    },
  },
];
