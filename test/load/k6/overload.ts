/** @module Many more connections than the server works on at once, all of them impatient. */
import { plan } from './exchanges.js';
import { createOptions } from './options.js';

export { enrollImpatiently } from './exchanges.js';
export { handleSummary } from './summary.js';

export const options = createOptions(plan, {
  overload: {
    executor: 'constant-vus',
    exec: 'enrollImpatiently',
    vus: plan.connections,
    duration: `${plan.seconds}s`,
    gracefulStop: '35s',
  },
});
