/** @module Health for machines: 200 when certificates can be issued, 503 when not, and why. */
import type { HttpAnswer } from './http.js';
import { respondJson } from './json.js';

/** The part of a health check that is shown. */
export interface HealthSource {
  readonly name: string;
  run(): Promise<{ readonly ok: boolean; readonly text: string; readonly remedy?: string }>;
}

export function createHealthHandler(
  checks: readonly HealthSource[],
  version: string,
): () => Promise<HttpAnswer> {
  return async () => {
    const parts = await Promise.all(
      checks.map(async (check) => ({ name: check.name, ...(await check.run()) })),
    );
    const ok = parts.every((part) => part.ok);
    return respondJson(ok ? 200 : 503, { ok, version, parts });
  };
}
