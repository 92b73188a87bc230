/** @module Which function answers a request: as Azure routes, with its surprises. */
import { HostError } from './errors.js';
import { compileRoute } from './route-template.js';

export interface Routed {
  readonly name: string;
  readonly route: string;
  /** Upper case; empty = every method. */
  readonly methods: readonly string[];
}

interface RouteMatch<T> {
  readonly target: T;
  readonly params: Record<string, string>;
}

/** @param path decoded, without the query. */
export type Router<T> = (method: string, path: string) => RouteMatch<T> | undefined;

/**
 * Routes are tried in the given order; a literal is not preferred to a parameter. The method is part of the
 * match, so a wrong method is "no such route" (404), and HEAD is not GET.
 * @param functions sorted by name.
 * @param prefix host.json's `routePrefix`; may be empty.
 * @throws {HostError} `ERR_HOST_ROUTE`: a route begins with `admin` or `runtime` (the host's own), or two functions
 * share a route and a method.
 */
export function createRouter<T extends Routed>(functions: readonly T[], prefix: string): Router<T> {
  assertDistinct(functions);
  const base = prefix.replace(/^\/+|\/+$/g, '');
  const entries = functions.map((target) => {
    assertAllowed(target);
    return {
      target,
      methods: target.methods.length > 0 ? new Set(target.methods) : undefined,
      match: compileRoute(base ? `${base}/${target.route}` : target.route),
    };
  });
  return (method, path) => {
    for (const { target, methods, match } of entries) {
      if (methods && !methods.has(method)) continue;
      const params = match(path);
      if (params) return { target, params };
    }
    return undefined;
  };
}

/** The test looks at the text alone: `administrators` is refused as well. */
function assertAllowed({ name, route }: Routed): void {
  if (/^(admin|runtime)/i.test(route)) {
    throw new HostError(
      'ERR_HOST_ROUTE',
      `"${route}" of "${name}" begins with a word that the host keeps for itself.`,
    );
  }
}

function assertDistinct(functions: readonly Routed[]): void {
  for (const [index, one] of functions.entries()) {
    for (const other of functions.slice(index + 1)) {
      if (one.route.toLowerCase() === other.route.toLowerCase() && shareMethod(one.methods, other.methods)) {
        throw new HostError('ERR_HOST_ROUTE', `"${one.name}" and "${other.name}" share "${one.route}".`);
      }
    }
  }
}

function shareMethod(one: readonly string[], other: readonly string[]): boolean {
  return one.length === 0 || other.length === 0 || one.some((method) => other.includes(method));
}
