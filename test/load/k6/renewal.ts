/** @module A fleet whose certificates fall due the same morning. */
import { plan } from './exchanges.js';
import { createOptions, peak } from './options.js';

export { renew } from './exchanges.js';
export { handleSummary } from './summary.js';

export const options = createOptions(plan, { renew: peak('renew', plan.devices, plan.seconds) });
