/**
 * Which component's `http.ts` answers a request, and by what path it is asked. As at Convex: an exact route
 * beats every prefix, then the longest of prefix routes and mounts wins, and a mount goes on the same way
 * within the component it leads to. Without any match it is for the last `http.ts` on the way to say so.
 */
import type { ComponentDeployment, Deployment } from "../deploy/types";
import type { HttpTarget } from "../execution/types";

/** Null: no `http.ts` is responsible. */
export function routeHttp(
  deployment: Deployment | null,
  { method, path }: { method: string; path: string },
): HttpTarget | null {
  let component = deployment?.components.get("");
  let left = path;
  while (component !== undefined) {
    const { componentPath, httpRoutes } = component;
    const ownPath = pathForOwnRoutes(component, left);
    // A router looks up HEAD as GET.
    const routes = (httpRoutes ?? []).filter((route) => route.method === asRouted(method));
    const own = ownPath === null || httpRoutes === null ? null : { componentPath, path: ownPath };
    const isExact = own !== null && routes.some((route) => route.path === own.path);
    if (isExact) return own;
    const mount = longestMount(component, left);
    if (mount === null) return own;
    // Both lengths are of what the prefix leaves: the shorter rest has the longer prefix.
    const rest = left.slice(mount.prefix.length);
    if (own !== null && restOfPrefixRoute(routes, own.path) < rest.length) return own;
    left = `/${rest}`;
    component = deployment?.components.get(mount.componentPath);
  }
  return null;
}

function asRouted(method: string): string {
  return method === "HEAD" ? "GET" : method;
}

/** The app's own routes may lie below a prefix, which they do not know of. */
function pathForOwnRoutes(
  { componentPath, httpPrefix }: ComponentDeployment,
  path: string,
): string | null {
  if (componentPath !== "" || httpPrefix === null) return path;
  return path.startsWith(httpPrefix) ? `/${path.slice(httpPrefix.length)}` : null;
}

function longestMount({ httpMounts }: ComponentDeployment, path: string) {
  const matching = httpMounts.filter(({ prefix }) => path.startsWith(prefix));
  const [first, ...others] = matching;
  if (first === undefined) return null;
  return others.reduce(
    (longest, mount) => (mount.prefix.length > longest.prefix.length ? mount : longest),
    first,
  );
}

/** How much of `path` the longest prefix route that matches leaves over; infinite when none does. */
function restOfPrefixRoute(routes: readonly { path: string }[], path: string): number {
  const rests = routes
    .filter((route) => route.path.endsWith("*") && path.startsWith(route.path.slice(0, -1)))
    .map((route) => path.length - (route.path.length - 1));
  return Math.min(...rests, Number.POSITIVE_INFINITY);
}
