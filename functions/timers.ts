/**
 * @module Timers. The host runs each on one instance at a time, and each is safe to run twice.
 *
 * Schedules have six fields, seconds first; the odd seconds keep the timers apart.
 */
import { app } from '@azure/functions';
import { bindTimer } from './runtime.js';

const TIMERS = {
  'timer-crl': { schedule: '10 0 * * * *', task: 'crl' },
  'timer-sweep': { schedule: '20 */5 * * * *', task: 'sweep' },
  'timer-intune-revocations': { schedule: '30 */10 * * * *', task: 'intuneRevocations' },
  'timer-directory': { schedule: '45 */10 * * * *', task: 'directory' },
  'timer-issuance-log': { schedule: '5 * * * * *', task: 'issuanceLog' },
  'timer-outbox': { schedule: '40 * * * * *', task: 'outbox' },
  'timer-ra-renewal': { schedule: '15 40 2 * * *', task: 'raRenewal' },
  'timer-expiry': { schedule: '25 30 5 * * *', task: 'expiry' },
  'timer-purge': { schedule: '50 20 3 * * *', task: 'purge' },
} as const;

for (const [name, { schedule, task }] of Object.entries(TIMERS)) {
  app.timer(name, { schedule, handler: bindTimer(task) });
}
