/** @module Everybody signs in: what access points and servers then ask about the certificates. */
import { OCSP_PER_DEVICE } from '../plan.js';
import { plan } from './exchanges.js';
import { createOptions, peak } from './options.js';

export { askOcsp } from './exchanges.js';
export { handleSummary } from './summary.js';

export const options = createOptions(plan, {
  ocsp: peak('askOcsp', plan.devices * OCSP_PER_DEVICE, plan.seconds),
});
