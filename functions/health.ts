/** @module Whether the app can issue: for load balancers, alerts and people. */
import { app } from '@azure/functions';
import { createHealthHandler } from '../lib/http/health.js';
import { bindHttp, READ } from './runtime.js';

app.http('health', {
  route: 'health',
  methods: READ,
  authLevel: 'anonymous',
  handler: bindHttp(({ health, version }) => createHealthHandler(health, version)),
});
