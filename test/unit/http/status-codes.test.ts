import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../lib/base/error-codes.js';
import { SkepError } from '../../../lib/base/errors.js';
import { headersOf, statusOf } from '../../../lib/http/status-codes.js';

describe('statusOf', () => {
  it.each([
    ['ERR_SCEP_MALFORMED', 400],
    ['ERR_BODY_MISSING', 400],
    ['ERR_BODY_UNANNOUNCED', 411],
    ['ERR_BODY_TOO_LARGE', 413],
    ['ERR_CALLER_UNAUTHENTICATED', 401],
    ['ERR_CALLER_FORBIDDEN', 403],
    ['ERR_HTTP_PATH', 404],
    ['ERR_HTTP_METHOD', 405],
    ['ERR_BUSY', 429],
    ['ERR_SIGNER_THROTTLED', 429],
    ['ERR_SIGNER_UNAVAILABLE', 503],
    ['ERR_STORE_UNAVAILABLE', 503],
    ['ERR_CONFIG', 503],
    ['ERR_INTERNAL', 503],
  ] as const satisfies readonly (readonly [ErrorCode, number])[])('%s: %i', (code, status) => {
    expect(statusOf(code)).toBe(status);
  });
});

it('401 says how to sign in', () => {
  expect(headersOf(new SkepError('ERR_CALLER_UNAUTHENTICATED'))).toEqual({ 'www-authenticate': 'Bearer' });
});
