/** @module The page that a person sees who opens the app's address. */
import { app } from '@azure/functions';
import { bindHttp, READ } from './runtime.js';
import { scepUrls } from './scep.js';

app.http('status', {
  // An empty route would become the function's name; an optional parameter that must be empty is the root.
  route: '{nothing:maxlength(0)?}',
  methods: READ,
  authLevel: 'anonymous',
  handler: bindHttp(async (composed) => {
    const { createBearerVerifier } = await import('../lib/http/bearer.js');
    const { createStatusHandler } = await import('../lib/http/status.js');
    const { health: checks, version, authority, journal, callers, clock } = composed;
    return createStatusHandler({
      checks,
      version,
      authority,
      journal,
      clock,
      scepUrls: scepUrls(composed),
      ...(callers ? { verify: createBearerVerifier({ ...callers, clock }) } : {}),
    });
  }),
});
