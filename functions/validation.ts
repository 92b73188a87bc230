/** @module Intune's verdict as a function of its own, without issuing: for operators, the doctor, other front ends. */
import { app } from '@azure/functions';
import { limitFailures } from '../lib/http/failure-limit.js';
import { respondText } from '../lib/http/http.js';
import { hasApiAudience } from '../lib/app/config.js';
import { failuresOf } from './address-limits.js';
import { bindHttp } from './runtime.js';

app.http('validation', {
  route: 'validation',
  methods: ['POST'],
  // With an audience configured the handler demands an Entra token; without one the host demands its key.
  authLevel: hasApiAudience() ? 'anonymous' : 'function',
  handler: bindHttp(async (app) => {
    const { intune, callers, clock, logger } = app;
    if (!intune) return () => Promise.resolve(respondText(404, 'Intune is switched off.'));
    const { createBearerVerifier } = await import('../lib/http/bearer.js');
    const { createValidationHandler } = await import('../lib/http/validation.js');
    return limitFailures(
      createValidationHandler({
        authority: intune,
        access: callers
          ? { by: 'entra', verify: createBearerVerifier({ ...callers, clock }) }
          : { by: 'function-key' },
        logger,
      }),
      failuresOf(app),
    );
  }),
});
