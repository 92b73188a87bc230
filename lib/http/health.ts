/** @module Health for machines: 200 when certificates can be issued, 503 when not, and why. */
import type { HttpAnswer } from './http.js';
import { respondJson } from './json.js';

/** A health check as the handlers see it. */
export interface HealthSource {
  readonly name: string;
  run(): Promise<{
    readonly ok: boolean;
    readonly text: string;
    readonly remedy?: string;
    /** Roles, rights and addresses: for signed-in callers alone. */
    readonly detail?: readonly string[];
  }>;
}

/** What is told of each check. Without `withDetail` it says only what a device could learn anyway. */
export async function runHealthChecks(checks: readonly HealthSource[], { withDetail = false } = {}) {
  const parts = await Promise.all(
    checks.map(async (check) => {
      const { ok, text, remedy, detail } = await check.run();
      return {
        name: check.name,
        ok,
        text,
        ...(remedy === undefined ? {} : { remedy }),
        ...(withDetail && detail ? { detail } : {}),
      };
    }),
  );
  return { ok: parts.every((part) => part.ok), parts };
}

export function createHealthHandler(
  checks: readonly HealthSource[],
  version: string,
): () => Promise<HttpAnswer> {
  return async () => {
    const { ok, parts } = await runHealthChecks(checks);
    return respondJson(ok ? 200 : 503, { ok, version, parts });
  };
}
