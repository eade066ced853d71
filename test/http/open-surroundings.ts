import type { EndpointSurroundings } from '../../src/http/register-endpoints.ts';

/** Whoever calls may do everything, and sees everything. */
export const openSurroundings: EndpointSurroundings = {
  newId: () => 'new-id',
  access: { trustsPrincipal: false, keyRole: 'operator' },
  redact: (instances) => instances,
  observe: (_, answer) => answer(undefined),
  onRefused: async () => {},
};
