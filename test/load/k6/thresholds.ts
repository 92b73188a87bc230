/** @module What must hold for a run to pass, in k6's words and in a reader's. */
import type { LoadPlan } from '../plan.js';
import type { Condition } from './figures.js';

const OPERATIONS = { scep: 'SCEP', ocsp: 'OCSP' } as const;

export function thresholdsOf({ scenario, limits }: LoadPlan): readonly Condition[] {
  const asked = ASKED[scenario];
  return asked.flatMap((operation): Condition[] => {
    const name = OPERATIONS[operation];
    const none = (outcome: string, what: string): Condition => ({
      metric: `${operation}_${outcome}`,
      condition: 'count==0',
      text: `${name}: ${what}`,
    });
    const p95Ms = limits[`${operation}P95Ms`];
    return [
      { metric: `${operation}_served`, condition: 'count>0', text: `${name}: some are served` },
      none('serverError', 'no 5xx'),
      none('timedOut', 'no time-out'),
      none('refused', 'nothing genuine is refused'),
      none('broken', 'no answer against the protocol, every 429 with Retry-After'),
      { metric: `${operation}_time`, condition: `p(95)<${p95Ms}`, text: `${name}: 95 % within ${p95Ms} ms` },
      scenario === 'overload'
        ? {
            metric: 'scep_shed',
            condition: 'count>0',
            text: 'SCEP: what is too much is turned away with 429',
          }
        : none('shed', 'nobody is turned away'),
    ];
  });
}

const ASKED = {
  enroll: ['scep'],
  renewal: ['scep'],
  ocsp: ['ocsp'],
  mixed: ['scep', 'ocsp'],
  overload: ['scep'],
} as const satisfies Record<LoadPlan['scenario'], readonly (keyof typeof OPERATIONS)[]>;

export function k6Thresholds(plan: LoadPlan): Record<string, string[]> {
  const byMetric: Record<string, string[]> = {};
  for (const { metric, condition } of thresholdsOf(plan)) (byMetric[metric] ??= []).push(condition);
  return byMetric;
}
