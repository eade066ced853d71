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
export function createHttpRoute({ name, bindings }: AppFunction, routePrefix: string): HttpRoute {
  const trigger = bindings.find((binding) => binding.type === 'httpTrigger');
  const route = typeof trigger?.['route'] === 'string' ? trigger['route'] : name;
  const methods = Array.isArray(trigger?.['methods']) ? trigger['methods'] : [];
  return {
    functionName: name,
    methods: methods.map((method) => String(method).toLowerCase()),
    template: parseRouteTemplate(`${routePrefix}/${route}`),
  };
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
