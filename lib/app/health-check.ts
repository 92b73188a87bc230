/** @module One check of one thing: what it reports, how its failures read, and how a costly one is spared. */
import type { Clock } from '../base/clock.js';
import { ERRORS } from '../base/error-codes.js';
import { toSkepError } from '../base/errors.js';

export interface HealthReport {
  readonly ok: boolean;
  /** One plain sentence; says nothing that a stranger may not know. */
  readonly text: string;
  /** What to do, when something is wrong or will be. */
  readonly remedy?: string;
  /** What only a signed-in caller may see: roles, rights, addresses. One fact a line, no secrets. */
  readonly detail?: readonly string[];
}

export interface HealthCheck {
  readonly name: string;
  /** Never throws. */
  run(): Promise<HealthReport>;
}

/** A check whose failures are reported by their code, with the code's remedy. */
export function createCheck(name: string, look: () => Promise<HealthReport>): HealthCheck {
  return {
    name,
    async run() {
      try {
        return await look();
      } catch (thrown) {
        const { code, detail } = toSkepError(thrown);
        return {
          ok: false,
          text: `${code}: ${ERRORS[code].means}`,
          remedy: ERRORS[code].remedy,
          ...(detail ? { detail: [detail] } : {}),
        };
      }
    },
  };
}

/** How long a report is repeated, in milliseconds. */
export interface Memory {
  readonly goodMs: number;
  readonly badMs: number;
}

/** Anybody may ask for our health, so what costs something is not done for everybody who asks. */
export function rememberReport(check: HealthCheck, { goodMs, badMs }: Memory, clock: Clock): HealthCheck {
  let last: Promise<HealthReport> | undefined;
  let until = 0;
  return {
    name: check.name,
    async run() {
      const now = clock.now().getTime();
      if (last && now < until) return last;
      until = now + badMs;
      last = check.run();
      const report = await last;
      if (report.ok) until = now + goodMs;
      return report;
    },
  };
}
