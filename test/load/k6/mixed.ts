/** @module A morning as a whole: new devices all the time, renewals and logins in a peak. */
import { OCSP_PER_DEVICE } from '../plan.js';
import { plan } from './exchanges.js';
import { createOptions, peak, steady } from './options.js';

export { askOcsp, enroll, renew } from './exchanges.js';
export { handleSummary } from './summary.js';

export const options = createOptions(plan, {
  enroll: steady('enroll', plan.devices, plan.seconds),
  renew: peak('renew', plan.devices, plan.seconds),
  ocsp: peak('askOcsp', plan.devices * OCSP_PER_DEVICE, plan.seconds),
});
