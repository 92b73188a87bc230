/** @module What Key Vault's failures mean to us. */
import { SkepError } from '../base/errors.js';
import type { ErrorCode } from '../base/error-codes.js';

/** What is read here of the SDK’s RestError (which renames `innererror`) and of identity errors; no class need be loaded. */
export interface VaultFailure {
  readonly name?: string;
  readonly statusCode?: number;
  readonly code?: string;
  readonly details?: {
    readonly error?: { readonly code?: string; readonly innerError?: { readonly code?: string } };
  };
  readonly response?: { readonly headers: { get(name: string): string | undefined } };
}

/** Seconds to wait when Key Vault says 429 and not how long: its window. */
const DEFAULT_PAUSE_SECONDS = 10;

/** Nobody could sign in: a missing managed identity or a developer who is not signed in. */
const IDENTITY_ERRORS = new Set(['CredentialUnavailableError', 'AggregateAuthenticationError']);

/**
 * Gives whatever a vault call threw a code. Key Vault's own message is dropped (it names callers and addresses); the
 * thrown error stays as the cause.
 * @param operation for the log, for example `sign`.
 */
export function toSignerError(thrown: unknown, operation: string): SkepError {
  if (thrown instanceof SkepError) return thrown;
  const failure: VaultFailure = typeof thrown === 'object' && thrown !== null ? thrown : {};
  const detail = `${operation}: ${describe(failure)}`;
  const code = codeOf(failure);
  if (code !== 'ERR_SIGNER_THROTTLED') return new SkepError(code, { detail, cause: thrown });
  const retryAfterSeconds = retryAfter(failure) ?? DEFAULT_PAUSE_SECONDS;
  return new SkepError(code, { detail, cause: thrown, retryAfterSeconds });
}

function codeOf({ name = '', statusCode }: VaultFailure): ErrorCode {
  if (IDENTITY_ERRORS.has(name)) return 'ERR_SIGNER_REFUSED';
  if (statusCode === 429) return 'ERR_SIGNER_THROTTLED';
  if (statusCode === undefined || statusCode === 408 || statusCode >= 500) return 'ERR_SIGNER_UNAVAILABLE';
  return 'ERR_SIGNER_REFUSED';
}

function describe({ name, statusCode, code, details }: VaultFailure): string {
  if (statusCode === undefined) return [name ?? 'no answer', code].filter(Boolean).join(' ');
  const codes = [details?.error?.code ?? code, details?.error?.innerError?.code].filter(Boolean);
  return `answered ${statusCode} ${codes.join(' ')}`.trim();
}

function retryAfter({ response }: VaultFailure): number | undefined {
  const seconds = Number(response?.headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : undefined;
}
