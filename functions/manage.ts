/** @module Management of certificates, for people's tools. There is nothing here unless an audience is configured. */
import { app } from '@azure/functions';
import { respondText } from '../lib/http/http.js';
import { limitFailures } from '../lib/http/failure-limit.js';
import { failuresOf } from './address-limits.js';
import { bindHttp } from './runtime.js';

app.http('manage', {
  route: 'manage/{*path}',
  methods: ['GET', 'POST'],
  // The handler demands an Entra token; function keys open nothing here.
  authLevel: 'anonymous',
  handler: bindHttp(async (composed) => {
    const { callers, clock, store, revocation, journal, ledger, health, version, logger } = composed;
    if (!callers)
      return () => Promise.resolve(respondText(404, 'Management is off: SKEP_API_AUDIENCE is not set.'));
    const { createBearerVerifier } = await import('../lib/http/bearer.js');
    const { createManagementHandler } = await import('../lib/http/manage.js');
    const { revoker } = await revocation();
    const verify = createBearerVerifier({ ...callers, clock });
    const handle = createManagementHandler({
      verify,
      certificates: store,
      revoker,
      journal,
      ledger,
      health,
      version,
      clock,
      logger,
    });
    return limitFailures(
      (request, parameters) => handle(parameters['path'] ?? '', request),
      failuresOf(composed),
    );
  }),
});
