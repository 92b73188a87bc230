/** @module How often one address may ask, and how often it may fail. */
import type { App } from '../lib/app/compose.js';
import { createAddressLimit, type AddressLimit } from '../lib/http/address-limit.js';

export function requestsOf({ addressLimits, clock, logger }: App): AddressLimit {
  const { requestsPerMinute: perMinute, trustedHops } = addressLimits;
  return createAddressLimit({ what: 'SCEP messages', perMinute, trustedHops, clock, logger });
}

const limits = new WeakMap<App, AddressLimit>();

/** One for all functions that look at a caller's token: who guesses at one guesses at all. */
export function failuresOf(app: App): AddressLimit {
  const { addressLimits, clock, logger } = app;
  const { failuresPerMinute: perMinute, trustedHops } = addressLimits;
  let limit = limits.get(app);
  if (!limit) {
    limit = createAddressLimit({ what: 'calls without a good token', perMinute, trustedHops, clock, logger });
    limits.set(app, limit);
  }
  return limit;
}
