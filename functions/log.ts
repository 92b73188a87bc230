/** @module The head of the issuance log. Its lines are for people with a role: see manage. */
import { app } from '@azure/functions';
import { bindHttp, READ } from './runtime.js';

app.http('log-head', {
  route: 'log/head',
  methods: READ,
  authLevel: 'anonymous',
  handler: bindHttp(async ({ ledger, clock }) => {
    const { createLogHeadHandler } = await import('../lib/http/log-head.js');
    return createLogHeadHandler(ledger, clock);
  }),
});
