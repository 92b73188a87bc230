/** @module What calls to Intune, and to Graph for its sake, are called when they fail. */
import { createFailures } from '../microsoft/failures.js';

export const INTUNE_FAILURES = createFailures({
  unavailable: 'ERR_VALIDATOR_UNAVAILABLE',
  forbidden: 'ERR_INTUNE_FORBIDDEN',
});

export const { unavailable, ofReply: replyFailure } = INTUNE_FAILURES;
