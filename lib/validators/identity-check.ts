/** @module Port: whether those whom a request names are there, enabled, and who they claim to be. */
import type { ErrorCode } from '../base/error-codes.js';

/** Whom a certification request names. */
export interface ClaimedIdentity {
  /** Intune or Entra device ids, lower case, or what is to be taken for one and is none; all must be of one device. */
  readonly deviceIds: readonly string[];
  /** User principal name, lower case. */
  readonly user?: string;
  /** Windows security identifiers, wherever in the request they stand: in a name or in the extension. */
  readonly securityIdentifiers: readonly string[];
}

export type IdentityVerdict =
  | {
      readonly confirmed: true;
      /** Of the user, or else of the device; absent where the directory knows none. */
      readonly securityIdentifier?: string;
    }
  | {
      readonly confirmed: false;
      readonly code: ErrorCode;
      /** For the log, never for the device. */
      readonly detail: string;
    };

export interface IdentityCheck {
  /**
   * @throws {SkepError} `ERR_DIRECTORY_UNAVAILABLE`, `ERR_DIRECTORY_FORBIDDEN` when no verdict could be had: nothing
   *   may be issued, the device may come back.
   */
  check(claimed: ClaimedIdentity): Promise<IdentityVerdict>;
}
