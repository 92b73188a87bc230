/** @module Whether the app can issue: for load balancers, alerts and people. */
import { app } from '@azure/functions';
import { bindHttp, READ } from './runtime.js';

app.http('health', {
  route: 'health',
  methods: READ,
  authLevel: 'anonymous',
  handler: bindHttp(async ({ health, version }) => {
    const { createHealthHandler } = await import('../lib/http/health.js');
    return createHealthHandler(health, version);
  }),
});
