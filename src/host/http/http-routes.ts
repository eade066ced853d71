import { resolveSettings, type AppSettings } from '../app-settings.ts';
import { triggerOf } from '../triggers/function-fault.ts';
import type { AppFunction } from '../worker/contract.ts';
import { parseRouteTemplate, type RouteTemplate } from './route-template.ts';

export interface HttpRoute {
  readonly functionName: string;
  /** Whose key a request needs where keys are asked for: `anonymous`, `function` or `admin`. */
  readonly authLevel: string;
  /** Lower-case; empty for all. */
  readonly methods: readonly string[];
  /** As the app wrote it, under the prefix, settings in place. */
  readonly text: string;
  readonly template: RouteTemplate;
}

export interface MatchedRoute {
  readonly functionName: string;
  readonly authLevel: string;
  readonly params: Readonly<Record<string, string>>;
}

export interface RouteOptions {
  readonly routePrefix: string;
  readonly env: AppSettings;
  /** Told of each function whose route is not valid, and why. */
  readonly onFault: (fn: AppFunction, error: unknown) => void;
}

/**
 * The route of an HTTP function: its `route`, by default its name, under the prefix.
 *
 * @throws where its route is not valid.
 */
function createHttpRoute(fn: AppFunction, { routePrefix, env }: RouteOptions): HttpRoute {
  const { route, methods, authLevel }: Readonly<Record<string, unknown>> = triggerOf(fn) ?? {};
  const text = [routePrefix, typeof route === 'string' ? resolveSettings(route, env) : fn.name]
    .filter(Boolean)
    .join('/');
  return {
    functionName: fn.name,
    authLevel: typeof authLevel === 'string' ? authLevel.toLowerCase() : 'anonymous',
    methods: Array.isArray(methods) ? methods.map((method) => String(method).toLowerCase()) : [],
    text,
    template: parseRouteTemplate(text),
  };
}

/** The routes of all HTTP functions; those whose route is not valid are left out. */
export function createRoutes(functions: readonly AppFunction[], options: RouteOptions): HttpRoute[] {
  const routes: HttpRoute[] = [];
  for (const fn of functions) {
    if (triggerOf(fn)?.type !== 'httpTrigger') continue;
    try {
      routes.push(createHttpRoute(fn, options));
    } catch (error) {
      options.onFault(fn, error);
    }
  }
  return routes;
}

/** The most specific route that fits path and method; a path that fits with other methods only is no match, as in Azure. */
export function createRouteMatcher(routes: readonly HttpRoute[]) {
  const ordered = routes.toSorted((a, b) => a.template.precedence.localeCompare(b.template.precedence));
  return (method: string, path: string): MatchedRoute | undefined => {
    for (const { functionName, authLevel, methods, template } of ordered) {
      if (methods.length > 0 && !methods.includes(method.toLowerCase())) continue;
      const params = template.match(path);
      if (params) return { functionName, authLevel, params };
    }
    return undefined;
  };
}
