/** @module The page that a person sees who opens the app's address. */
import { app } from '@azure/functions';
import { createBearerVerifier } from '../lib/http/bearer.js';
import { createStatusHandler } from '../lib/http/status.js';
import { bindHttp, READ } from './runtime.js';
import { scepUrls } from './scep.js';

app.http('status', {
  // An empty route would become the function's name; an optional parameter that must be empty is the root.
  route: '{nothing:maxlength(0)?}',
  methods: READ,
  authLevel: 'anonymous',
  handler: bindHttp((composed) => {
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
