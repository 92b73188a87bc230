/** @module A function that does nothing, for what a start costs without us. */
import { app } from '@azure/functions';

app.http('hello', { authLevel: 'anonymous', methods: ['GET'], handler: () => ({ body: 'hello' }) });
