import { triggerOf } from '../triggers/function-fault.ts';
import type { AppFunction } from '../worker/contract.ts';
import { parseRouteTemplate, type RouteTemplate } from './route-template.ts';

export interface HttpRoute {
  readonly functionName: string;
  /** Lower-case; empty for all. */
  readonly methods: readonly string[];
  readonly template: RouteTemplate;
}

export interface MatchedRoute {
  readonly functionName: string;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * The route of an HTTP function: its `route`, by default its name, under the prefix.
 *
 * @throws where its route is not valid.
 */
function createHttpRoute(fn: AppFunction, routePrefix: string): HttpRoute {
  const trigger = triggerOf(fn);
  const route = typeof trigger?.['route'] === 'string' ? trigger['route'] : fn.name;
  const methods = Array.isArray(trigger?.['methods']) ? trigger['methods'] : [];
  return {
    functionName: fn.name,
    methods: methods.map((method) => String(method).toLowerCase()),
    template: parseRouteTemplate(`${routePrefix}/${route}`),
  };
}

/** The routes of all HTTP functions; those whose route is not valid are left out. */
export function createRoutes(
  functions: readonly AppFunction[],
  routePrefix: string,
  onFault: (fn: AppFunction, error: unknown) => void,
): HttpRoute[] {
  const routes: HttpRoute[] = [];
  for (const fn of functions) {
    if (triggerOf(fn)?.type !== 'httpTrigger') continue;
    try {
      routes.push(createHttpRoute(fn, routePrefix));
    } catch (error) {
      onFault(fn, error);
    }
  }
  return routes;
}

/** The most specific route that fits path and method; a path that fits with other methods only is no match, as in Azure. */
export function createRouteMatcher(routes: readonly HttpRoute[]) {
  const ordered = routes.toSorted((a, b) => a.template.precedence.localeCompare(b.template.precedence));
  return (method: string, path: string): MatchedRoute | undefined => {
    for (const { functionName, methods, template } of ordered) {
      if (methods.length > 0 && !methods.includes(method.toLowerCase())) continue;
      const params = template.match(path);
      if (params) return { functionName, params };
    }
    return undefined;
  };
}
