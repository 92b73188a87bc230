/** @module What the path needs: an endpoint, which is data, and the parts that it runs on. */
import type { Clock } from '../base/clock.js';
import type { Logger } from '../base/log.js';
import type { RandomBytes } from '../base/random.js';
import type { IssuanceProfile } from '../issuance/profile.js';
import type { JournalRecorder } from '../journal/recorder.js';
import type { AuthoritySource } from '../keys/authority.js';
import type { CertificateSearch, IssuanceStore } from '../store/store.js';
import type { IdentityCheck } from '../validators/identity-check.js';
import type { Validator } from '../validators/validator.js';
import type { ClaimScope } from './claim.js';
import type { MessageLimits } from './limits.js';
import type { ReplayPolicy } from './recall.js';

/** One SCEP endpoint: who may ask, what they get, and how alike two requests must be to be one. */
export interface Endpoint {
  readonly name: string;
  readonly validator: Validator;
  /** Authenticates RenewalReq, and PKCSReq signed by a certificate of ours, without a challenge. Absent: off. */
  readonly renewal?: Validator;
  /** Confirms whom a request names, after the validator granted it. Absent: off. */
  readonly identityCheck?: IdentityCheck;
  readonly profile: IssuanceProfile;
  readonly claimScope: ClaimScope;
  readonly replay: ReplayPolicy;
  /** Accepts single DES and MD5. */
  readonly legacy: boolean;
}

export interface EnrollmentService {
  readonly authority: AuthoritySource;
  readonly store: IssuanceStore & CertificateSearch;
  /**
   * The current complete CRL of a CA, DER. @param issuerId SHA-256 of its SubjectPublicKeyInfo, upper-case hex.
   * @throws {SkepError} `ERR_CERT_UNKNOWN` when there is none and never will be, or the code of an outage.
   */
  readonly currentCrl: (issuerId: string) => Promise<Uint8Array>;
  /**
   * To be called when the path has revoked a certificate: OCSP and the CRL follow at once, behind the caller's back, since
   * no device need wait for another's CRL. Never throws.
   */
  readonly announceRevocation: (serialNumber: string) => void;
  readonly journal: JournalRecorder;
  readonly limits: MessageLimits;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly logger: Logger;
}
