/** @module How the load is spread over the run: k6's executors, open wherever devices do not wait for each other. */
import type { LoadPlan } from '../plan.js';
import { k6Thresholds } from './thresholds.js';

const MOST_USERS = 1000;

/** k6 types its scenarios as classes, which a literal is not; so the types here are the literals' own. */
export function createOptions(plan: LoadPlan, scenarios: Readonly<Record<string, object>>) {
  return {
    scenarios,
    thresholds: k6Thresholds(plan),
    summaryTrendStats: ['count', 'med', 'p(95)', 'p(99)', 'max'],
    userAgent: 'skep-load',
  };
}

/** `count` arrivals, evenly spread. */
export function steady(exec: string, count: number, seconds: number) {
  return {
    executor: 'constant-arrival-rate',
    exec,
    rate: count,
    timeUnit: `${seconds}s`,
    duration: `${seconds}s`,
    ...users(count),
  };
}

/** `count` arrivals that swell to twice their mean and ebb away: a morning. */
export function peak(exec: string, count: number, seconds: number) {
  const perMinute = Math.round((2 * count * 60) / seconds);
  const half = `${Math.round((seconds * 1000) / 2)}ms`;
  return {
    executor: 'ramping-arrival-rate',
    exec,
    startRate: 0,
    timeUnit: '1m',
    stages: [
      { target: perMinute, duration: half },
      { target: 0, duration: half },
    ],
    ...users(count),
  };
}

/** So many that nobody has to wait for another's answer; k6 counts those who had to. */
function users(count: number) {
  const maxVUs = Math.min(count, MOST_USERS);
  return { preAllocatedVUs: Math.min(maxVUs, 100), maxVUs };
}
