/** @module The target of a request line: path for routing, query for reading, both as ASP.NET sees them. */
import { createMap, type NullableMap } from './rpc.js';

export interface RequestTarget {
  /** Path and query as sent. */
  readonly raw: string;
  /** Percent-decoded (but `%2F`), without dot segments. */
  readonly path: string;
  /** As sent, without the `?`. */
  readonly query: string;
}

/** @returns undefined for a target that is neither a path nor an absolute http URL. */
export function parseTarget(sent: string): RequestTarget | undefined {
  const raw = sent.startsWith('/') ? sent : originForm(sent);
  if (raw === undefined) return undefined;
  const mark = raw.indexOf('?');
  const rawPath = mark < 0 ? raw : raw.slice(0, mark);
  return { raw, path: decodePath(rawPath), query: mark < 0 ? '' : raw.slice(mark + 1) };
}

/**
 * ASP.NET's reading: form decoding, so `+` becomes a space; keys regardless of case; repeated keys comma-joined.
 */
export function parseQuery(query: string): NullableMap {
  const values = createMap();
  if (query === '') return values;
  const spelled = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(query)) {
    const folded = key.toLowerCase();
    const first = spelled.get(folded);
    if (first === undefined) spelled.set(folded, key);
    const name = first ?? key;
    values[name] = { value: first === undefined ? value : `${values[name]?.value ?? ''},${value}` };
  }
  return values;
}

function originForm(sent: string): string | undefined {
  const absolute = /^https?:\/\/[^/?#]+([^#]*)/i.exec(sent);
  if (!absolute) return undefined;
  const rest = absolute[1] ?? '';
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** `%2F` stays, so that it cannot make a segment; bytes that are not UTF-8 stay as they were sent. */
function decodePath(rawPath: string): string {
  const path = /\/(\.|%2e)/i.test(rawPath) ? new URL(`http://host${rawPath}`).pathname : rawPath;
  if (!path.includes('%')) return path;
  return path.replace(/(?:%(?!2f)[\da-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}
