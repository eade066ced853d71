import type { Endpoint } from './endpoint.ts';
import { Problem, problemResponse } from './problem.ts';

/** Answers what no endpoint serves; Functions itself would send a 404 without a body. `prefix` is what all paths begin with. */
export function answerUnknownRoute(endpoints: readonly Endpoint[], prefix: string): Endpoint['handle'] {
  const routes = endpoints.map(({ method, route }) => ({ method, route, path: patternOf(route) }));
  return async ({ request, correlationId }) => {
    const path = request.params['path'] ?? '';
    const asked = `${request.method} ${prefix}/${path}`;
    const allow = routes.filter((route) => route.path.test(path)).map(({ method }) => method);
    if (allow.length > 0) {
      const detail = `${asked} is not served; this path takes ${allow.toSorted().join(', ')}.`;
      const refused = problemResponse(new Problem(405, 'method_not_allowed', detail), correlationId);
      return { ...refused, headers: { ...refused.headers, allow: allow.toSorted().join(', ') } };
    }
    const known = routes.map(({ method, route }) => `${method} ${prefix}/${route}`).join(', ');
    throw new Problem(404, 'unknown_route', `${asked} is not served; there are: ${known}.`);
  };
}

const patternOf = (route: string): RegExp => new RegExp(`^${route.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`, 'i');
