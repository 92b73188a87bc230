/**
 * @module Port: the issuance log. Events are written down with the change that they tell of, in the same transaction;
 * a timer appends them to a chain of lines, each of which names the hash of the line before.
 */
import type { RevocationReason } from '../store/states.js';

/** What the CA key signs besides certificates for devices. */
export type SignaturePurpose = 'crl' | 'ocsp-responder' | 'ra-certificate' | 'health-check';

interface Common {
  readonly at: Date;
  /** SHA-256 of the issuer's SubjectPublicKeyInfo, upper-case hex; so are all hashes here. */
  readonly issuerId: string;
}

interface OfCertificate extends Common {
  readonly serialNumber: string;
}

interface OfRequest extends OfCertificate {
  readonly endpoint: string;
  /** SHA-256 of the PKCS#10. */
  readonly csrHash: string;
  /** SHA-256 of the TBSCertificate: of what was signed. */
  readonly signedHash: string;
}

/**
 * - `issued`: a certificate was signed and recorded.
 * - `abandoned`: what was to be signed was written down and never finished; a signature over it may exist.
 * - `revoked`, `held`, `released`: what became of a certificate later.
 * - `signed`: the CA key is about to sign something else.
 */
export type LedgerEvent =
  | ({ readonly kind: 'issued'; readonly certificateHash: string } & OfRequest)
  | ({ readonly kind: 'abandoned' } & OfRequest)
  | ({
      readonly kind: 'revoked' | 'held';
      readonly reason: RevocationReason;
      readonly by: string;
    } & OfCertificate)
  | ({ readonly kind: 'released' } & OfCertificate)
  | ({
      readonly kind: 'signed';
      readonly purpose: SignaturePurpose;
      readonly signedHash: string;
    } & Common);

/** An event that no line tells of yet. */
export interface PendingEvent {
  /** Opaque; sorts by time. */
  readonly id: string;
  readonly event: LedgerEvent;
}

/** Events that wait to be appended. All methods throw `ERR_STORE_UNAVAILABLE` on an outage. */
export interface EventQueue {
  /** Writes down an event that no change of a certificate tells of. */
  note(event: LedgerEvent): Promise<void>;
  /** The oldest first, `limit` at most. */
  pending(limit: number): Promise<readonly PendingEvent[]>;
  /** Forgets events; without effect for those that are gone. */
  settle(ids: readonly string[]): Promise<void>;
}

/** What can be published of a chain: how long it is and the hash of its last line. */
export interface LedgerHead {
  readonly count: number;
  /** SHA-256 of the last line, upper-case hex; zeros while there is none. */
  readonly hash: string;
}

/** Of a chain without lines. */
export const EMPTY_HEAD: LedgerHead = { count: 0, hash: '0'.repeat(64) };

export interface StoredHead extends LedgerHead {
  /** When the last line was appended; absent while there is none. */
  readonly at?: Date;
  /** Events of the last append, which may still wait in the queue although lines tell of them. */
  readonly settled: readonly string[];
  /** Opaque; absent while there is none. */
  readonly version?: string;
}

/** Lines of one append: together with the head they fit into one transaction. */
export const APPEND_LIMIT = 99;

export interface LedgerReader {
  /** @throws {SkepError} `ERR_STORE_UNAVAILABLE` */
  head(): Promise<StoredHead>;
  /**
   * Lines in their order.
   * @param from sequence number of the first, 1 or more. @param limit 1 to 1000.
   * @throws {SkepError} `ERR_STORE_UNAVAILABLE`
   */
  read(from: number, limit: number): Promise<readonly string[]>;
}

export interface Ledger extends LedgerReader {
  /**
   * Appends lines and replaces the head, both or neither.
   * @param before the head that was read. @param lines 1 to `APPEND_LIMIT`.
   * @throws {SkepError} `ERR_STORE_CONFLICT` when somebody else appended meanwhile; `ERR_STORE_UNAVAILABLE`.
   */
  append(
    before: StoredHead,
    lines: readonly string[],
    after: Omit<StoredHead, 'version'>,
  ): Promise<StoredHead>;
}
