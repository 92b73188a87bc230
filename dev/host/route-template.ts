/** @module One ASP.NET route template (`crl/{name}.crl`, `devices/{id:int}`, `mscep.dll/{*rest}`) as a matcher. */
import { HostError } from './errors.js';

/**
 * @param path decoded, starting with a slash.
 * @returns the route values, case kept; what an optional or catch-all parameter did not match is absent.
 */
export type RouteMatcher = (path: string) => Record<string, string> | undefined;

const CONSTRAINTS = {
  int: (value) => /^-?\d{1,10}$/.test(value) && (Number(value) | 0) === Number(value),
  long: (value) => /^-?\d{1,19}$/.test(value) && BigInt.asIntN(64, BigInt(value)) === BigInt(value),
  bool: (value) => /^(true|false)$/i.test(value),
  guid: (value) => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value),
  alpha: (value) => /^[a-z]*$/i.test(value),
} as const satisfies Record<string, (value: string) => boolean>;

type Constraint = (value: string) => boolean;

interface Parameter {
  readonly name: string;
  readonly accepts: Constraint | undefined;
}

const SEGMENT =
  /^(?<before>[^{}]*)\{(?<star>\*{0,2})(?<name>[A-Za-z_][\w-]*)(?::(?<constraint>[^{}?]+))?(?<optional>\?)?\}(?<after>[^{}]*)$/;

/**
 * Literals match in any case, one trailing slash is allowed, `{*rest}` matches the empty rest as well.
 * @throws {HostError} `ERR_HOST_ROUTE` for what the host does not know: default values, constraints with
 * arguments but `maxlength`, two parameters in one segment, an optional parameter that is not last.
 */
export function compileRoute(template: string): RouteMatcher {
  const parameters: Parameter[] = [];
  const segments = template.split('/');
  let source = '';
  let catchesAll = false;
  for (const [index, segment] of segments.entries()) {
    if (segment === '') throw refused(template, 'has an empty segment');
    if (!/[{}]/.test(segment)) {
      source += `/${escape(segment)}`;
      continue;
    }
    const parts = SEGMENT.exec(segment)?.groups;
    if (!parts) throw refused(template, `has a segment "${segment}" that the host cannot read`);
    const { before = '', star = '', name = '', constraint, optional, after = '' } = parts;
    if (parameters.some((known) => known.name.toLowerCase() === name.toLowerCase())) {
      throw refused(template, `names the parameter "${name}" twice`);
    }
    parameters.push({ name, accepts: findConstraint(template, constraint) });
    if (!star && !optional) {
      source += `/${escape(before)}([^/]+)${escape(after)}`;
      continue;
    }
    if (index < segments.length - 1 || before || after || (star && optional)) {
      throw refused(template, `may have "${segment}" only as its last segment, by itself`);
    }
    catchesAll = star !== '';
    source += catchesAll ? '(?:/(.*))?' : '(?:/([^/]+))?';
  }
  const pattern = new RegExp(`^${source}${catchesAll ? '' : '/?'}$`, 'is');
  return (path) => {
    const match = pattern.exec(path);
    return match ? routeValues(parameters, match) : undefined;
  };
}

function routeValues(
  parameters: readonly Parameter[],
  match: RegExpExecArray,
): Record<string, string> | undefined {
  const values: Record<string, string> = {};
  for (const [index, { name, accepts }] of parameters.entries()) {
    const value = match[index + 1];
    if (!value) continue;
    if (accepts && !accepts(value)) return undefined;
    values[name] = value;
  }
  return values;
}

function findConstraint(template: string, name: string | undefined): Constraint | undefined {
  if (name === undefined) return undefined;
  const longest = /^maxlength\((\d{1,4})\)$/.exec(name)?.[1];
  if (longest !== undefined) return (value) => value.length <= Number(longest);
  if (!Object.hasOwn(CONSTRAINTS, name)) throw refused(template, `has the unknown constraint "${name}"`);
  return CONSTRAINTS[name as keyof typeof CONSTRAINTS];
}

function refused(template: string, why: string): HostError {
  return new HostError('ERR_HOST_ROUTE', `"${template}" ${why}.`);
}

function escape(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
