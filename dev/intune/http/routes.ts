/** @module A table of routes: methods and paths with `{names}`, matched in order. */

export type PathParameters = Readonly<Record<string, string>>;

export interface RoutePattern {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Segments in braces match anything but a slash. */
  readonly path: string;
}

/**
 * Compiles rows once. Paths are compared without regard to case; parameters keep theirs and come decoded.
 * @returns a function that finds the first row for a method and a path.
 */
export function createMatcher<Row extends RoutePattern>(
  rows: readonly Row[],
): (method: string, path: string) => { readonly row: Row; readonly parameters: PathParameters } | undefined {
  const compiled = rows.map((row) => ({ row, ...compilePath(row.path) }));
  return (method, path) => {
    for (const { row, pattern, names } of compiled) {
      const match = row.method === method ? pattern.exec(path) : null;
      if (!match) continue;
      const values = match.slice(1).map(decode);
      return { row, parameters: Object.fromEntries(names.map((name, index) => [name, values[index] ?? ''])) };
    }
    return undefined;
  };
}

function compilePath(path: string): { pattern: RegExp; names: string[] } {
  const names: string[] = [];
  const source = path
    .split(/(\{\w+\})/)
    .map((part) => {
      if (!part.startsWith('{')) return part.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
      names.push(part.slice(1, -1));
      return '([^/]+?)';
    })
    .join('');
  return { pattern: new RegExp(`^${source}/?$`, 'i'), names };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
