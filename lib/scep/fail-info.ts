/** @module What the device is told of a failure: a row for every kind, and for the codes that say more than their kind. */
import { ERRORS, type ErrorCode, type ErrorKind } from '../base/error-codes.js';
import type { FailInfo } from './message.js';

/**
 * `text` goes into failInfoText and is deliberately plain: whoever tunes a request must not learn from it.
 * A row without `failInfo` is no verdict on the request: the device is asked to come back (HTTP 503 or 429).
 */
export interface FailRow {
  readonly failInfo?: FailInfo;
  readonly text: string;
}

const refused: FailRow = { failInfo: 'badRequest', text: 'The request was refused.' };
const comeBack: FailRow = { text: 'The service is not available at the moment.' };

const BY_KIND = {
  client: { failInfo: 'badRequest', text: 'The request could not be read.' },
  policy: refused,
  security: refused,
  outage: comeBack,
  setup: comeBack,
  fault: comeBack,
} as const satisfies Record<ErrorKind, FailRow>;

const BY_CODE: Partial<Record<ErrorCode, FailRow>> = {
  ERR_SCEP_MESSAGE_TYPE: { failInfo: 'badRequest', text: 'The message type is not known.' },
  ERR_SCEP_ALGORITHM: { failInfo: 'badAlg', text: 'An algorithm of the request is not accepted.' },
  ERR_SCEP_SIGNATURE: { failInfo: 'badMessageCheck', text: 'The signature of the message does not verify.' },
  ERR_SCEP_RECIPIENT: { failInfo: 'badRequest', text: 'The request is encrypted for another CA.' },
  // One answer for everything that can be wrong behind the encryption, up to the signature that only the device can
  // make: who alters an envelope blindly must not learn how far it was read (RFC 3218).
  ERR_SCEP_UNDECRYPTABLE: BY_KIND.client,
  ERR_CSR_AMBIGUOUS: BY_KIND.client,
  ERR_CSR_SIGNATURE: BY_KIND.client,
  ERR_CERT_UNKNOWN: { failInfo: 'badCertId', text: 'No such certificate.' },
  ERR_KEY_ALGORITHM: { failInfo: 'badAlg', text: 'The kind of key is not accepted.' },
  ERR_INTUNE_EXPIRED: refused,
  // The same request would break the same rule again: coming back does not help.
  ERR_LINT: refused,
};

export function failRow(code: ErrorCode): FailRow {
  return BY_CODE[code] ?? BY_KIND[ERRORS[code].kind];
}
