/** @module Enrollments, evenly spread. */
import { plan } from './exchanges.js';
import { createOptions, steady } from './options.js';

export { enroll } from './exchanges.js';
export { handleSummary } from './summary.js';

export const options = createOptions(plan, { enroll: steady('enroll', plan.devices, plan.seconds) });
