/** @module The page that a person sees who opens the app's address. */
import { app } from '@azure/functions';
import { createStatusHandler } from '../lib/http/status.js';
import { bindHttp } from './runtime.js';
import { scepPaths } from './scep.js';

app.http('status', {
  // An empty route would become the function's name; an optional parameter that must be empty is the root.
  route: '{nothing:maxlength(0)?}',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: bindHttp(({ health, version, authority, endpoints }) =>
    createStatusHandler({ checks: health, version, authority, endpoints: scepPaths(endpoints.keys()) }),
  ),
});
