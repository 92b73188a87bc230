/** @module Port: what was issued, to whom, and whether it is still good. Narrow views, one truth. */
import type { CertificateState, RevocationReason } from './states.js';

export interface Revocation {
  readonly at: Date;
  readonly reason: RevocationReason;
  /** Who or what revoked it: `person:<id>`, `intune`, `directory`, `enrollment`, `sweeper`. */
  readonly by: string;
  /** The state to return to when a hold is released. */
  readonly from: CertificateState;
}

/** One certificate. Dates have millisecond precision; names are RFC 4514 text, for people and lookups. */
export interface CertificateRecord {
  /** Upper-case hex, two digits an octet. */
  readonly serialNumber: string;
  readonly state: CertificateState;
  readonly endpoint: string;
  /** Who validates at the endpoint: `intune`, `static`. Absent in rows of versions that did not write it. */
  readonly validator?: string | undefined;
  /** SHA-256 of the issuer's SubjectPublicKeyInfo, upper-case hex. */
  readonly issuerId: string;
  /** The idempotency key of the request (see `ClaimKey`). */
  readonly claim: string;
  /** SHA-256 of the PKCS#10, upper-case hex. */
  readonly csrHash: string;
  readonly transactionId: string;
  readonly subject: string;
  /** `dns:…`, `uri:…`, `upn:…`, `email:…`, `ip:…` */
  readonly subjectAltNames: readonly string[];
  /** Intune or Entra device id, when the certificate names one. Lower-case GUID. */
  readonly deviceId?: string | undefined;
  /** User principal name, when the certificate names one. Lower case. */
  readonly user?: string | undefined;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** TBSCertificate, DER: what was, or is about to be, signed. */
  readonly tbs: Uint8Array;
  /** DER; present from `issued` on. */
  readonly certificate?: Uint8Array | undefined;
  /** SHA-1 of `certificate`, upper-case hex, as Windows and Intune name certificates. */
  readonly thumbprint?: string | undefined;
  readonly reservedAt: Date;
  /** While it is reserved: until then one attempt has it to itself. Absent: nobody has. */
  readonly leasedUntil?: Date | undefined;
  readonly issuedAt?: Date | undefined;
  readonly deliveredAt?: Date | undefined;
  readonly revocation?: Revocation | undefined;
  /** Opaque; a write succeeds only against the version that was read. */
  readonly version: string;
}

/** What `reserve` writes; state, version and the later fields are the store's. */
export type Reservation = Omit<
  CertificateRecord,
  'state' | 'version' | 'certificate' | 'thumbprint' | 'issuedAt' | 'deliveredAt' | 'revocation'
>;

/**
 * A claim binds one challenge to one request. The key is SHA-256 over endpoint and challenge (upper-case hex), so the
 * challenge itself is never stored. The last hex digit of a claim is the last hex digit of the serial number that it
 * leads to: both lie in one partition and are written together or not at all.
 */
export type ClaimKey = string;

export interface Claim {
  readonly key: ClaimKey;
  readonly csrHash: string;
  readonly serialNumber: string;
  readonly claimedAt: Date;
  readonly version: string;
}

/** What OCSP, GetCert and the status page need. */
export interface CertificateReader {
  /** @throws {SkepError} `ERR_STORE_UNAVAILABLE` */
  get(serialNumber: string): Promise<CertificateRecord | undefined>;
}

/** What the path of an enrollment needs, and no more. All methods throw `ERR_STORE_UNAVAILABLE` on an outage. */
export interface IssuanceStore extends CertificateReader {
  recall(key: ClaimKey): Promise<Claim | undefined>;
  /**
   * Writes the claim and the row, both or neither.
   * @param replaces the claim that was read before, when a new request takes over its key.
   * @throws {SkepError} `ERR_STORE_CONFLICT` when somebody else claimed the key meanwhile, `ERR_LIMIT` when a row has no
   *   room for it.
   */
  reserve(reservation: Reservation, replaces?: Claim): Promise<CertificateRecord>;
  /**
   * reserved → reserved: this attempt takes it up, or lays it down before its time.
   * @throws {SkepError} `ERR_STORE_CONFLICT` when the row changed meanwhile, be it by a write of our own whose reply was
   *   lost: two attempts that take it up at the same moment want the same, and only one may have it.
   */
  lease(record: CertificateRecord, until: Date): Promise<CertificateRecord>;
  /** reserved → issued. @throws {SkepError} `ERR_STORE_CONFLICT` when the row changed meanwhile. */
  markIssued(record: CertificateRecord, certificate: Uint8Array, at: Date): Promise<CertificateRecord>;
  /** issued → delivered. @throws {SkepError} `ERR_STORE_CONFLICT` when the row changed meanwhile. */
  markDelivered(record: CertificateRecord, at: Date): Promise<CertificateRecord>;
  /**
   * issued or delivered → revoked; also revoked → revoked where the row is on hold, which keeps the state to return to.
   * @throws {SkepError} `ERR_STORE_CONFLICT` when the row changed meanwhile; `ERR_STATE` when it is revoked for good.
   */
  revoke(record: CertificateRecord, revocation: Omit<Revocation, 'from'>): Promise<CertificateRecord>;
  /** reserved → abandoned. @throws {SkepError} `ERR_STORE_CONFLICT` when the row changed meanwhile. */
  abandon(record: CertificateRecord, at: Date): Promise<CertificateRecord>;
}

/** What those who revoke need. */
export interface RevocationStore extends CertificateReader {
  revoke(record: CertificateRecord, revocation: Omit<Revocation, 'from'>): Promise<CertificateRecord>;
  /** Ends a hold: back to the state before. @throws {SkepError} `ERR_STATE` unless it is on hold. */
  release(record: CertificateRecord, at: Date): Promise<CertificateRecord>;
  /** reserved → abandoned. */
  abandon(record: CertificateRecord, at: Date): Promise<CertificateRecord>;
}

/** One entry of the CRL. */
export interface RevokedEntry {
  readonly serialNumber: string;
  readonly issuerId: string;
  readonly revokedAt: Date;
  readonly reason: RevocationReason;
  readonly notAfter: Date;
}

/** What the CRL publisher needs: every row that is revoked or abandoned, in no order, streamed. */
export interface RevokedReader {
  revoked(): AsyncIterable<RevokedEntry>;
}

/** Letter case does not matter, except in a transaction id. */
export type SearchBy =
  | { readonly thumbprint: string }
  /** How the subject begins. */
  | { readonly subject: string }
  | { readonly deviceId: string }
  | { readonly user: string }
  /** Newest first. */
  | { readonly transactionId: string }
  /** Those that end soonest first, to the hour. */
  | { readonly state: CertificateState }
  /** From `expiresAfter`, inclusive, until `expiresBefore`, exclusive; soonest first, to the hour. */
  | { readonly expiresBefore: Date; readonly expiresAfter: Date };

export interface SearchQuery {
  readonly by: SearchBy;
  /** 1 to 1000, default 50. */
  readonly limit?: number;
  /** From the page before. */
  readonly continuation?: string;
}

export interface SearchPage {
  readonly records: readonly CertificateRecord[];
  readonly continuation?: string;
}

/** What people who look for certificates need. */
export interface CertificateSearch extends CertificateReader {
  search(query: SearchQuery): Promise<SearchPage>;
}

export interface PurgeReport {
  /** Claims forgotten. */
  readonly claims: number;
  /** Certificates that were marked `expired`. */
  readonly expired: number;
}

/** What the timers need that keep the store tidy. */
export interface StoreMaintenance {
  /** Rows in `state` that were reserved before `before`: what a sweeper finishes or revokes. */
  listStale(state: 'reserved' | 'issued', before: Date): AsyncIterable<CertificateRecord>;
  /**
   * Forgets claims that were made, and marks as `expired` certificates that ended, before `before`. Choose it so far
   * back that a revoked certificate has stood on a CRL once after its end (RFC 5280 section 3.3) and no challenge of
   * that age is still good. Rows that are still `reserved` are left to the sweeper. What changes meanwhile is left to
   * the next purge.
   * @param mayGoOn asked before each further piece; what it stops is left to the next purge.
   */
  purgeExpired(before: Date, mayGoOn?: () => boolean): Promise<PurgeReport>;
}

/** The whole store, for the one place that composes. */
export interface CertificateStore extends IssuanceStore, RevocationStore, RevokedReader, CertificateSearch {}

/** A certificate that went out before its owner was told. */
export interface PendingNotice {
  readonly serialNumber: string;
  readonly transactionId: string;
  /**
   * PKCS#10, DER. The owner wants it whole, with its challenge; so it is kept as long as the notice waits and no
   * longer. The challenge is spent by then, and the storage encrypts what it keeps.
   */
  readonly csr: Uint8Array;
  /** RFC 4514 text of the issuer's name. */
  readonly issuer: string;
  readonly queuedAt: Date;
  /** How often its owner could not be told. */
  readonly attempts: number;
  readonly version: string;
}

/** Notices that wait to be delivered. All methods throw `ERR_STORE_UNAVAILABLE` on an outage. */
export interface NoticeOutbox {
  /** To be delivered at once. A notice that waits already for this certificate stays as it is. */
  enqueue(notice: Omit<PendingNotice, 'attempts' | 'version'>): Promise<void>;
  /** What is to be delivered at `now`, or should have been before. */
  due(now: Date): AsyncIterable<PendingNotice>;
  /** Counts an attempt. Without effect when somebody else changed or removed it meanwhile. */
  postpone(notice: PendingNotice, until: Date): Promise<void>;
  /** Without effect when it is gone. */
  remove(notice: PendingNotice): Promise<void>;
}

/** Public documents: CRLs, CA certificates. Each is replaced as a whole. */
export interface PublicationStore {
  /**
   * @param replaces what must be there: a version that `get` gave, or `none`. Unset: whatever is there is replaced.
   * @throws {SkepError} `ERR_STORE_UNAVAILABLE`; `ERR_STORE_CONFLICT` when something else is there.
   */
  put(name: string, document: Uint8Array, contentType: string, replaces?: string): Promise<void>;
  /** @throws {SkepError} `ERR_STORE_UNAVAILABLE` */
  get(name: string): Promise<Publication | undefined>;
}

export interface Publication {
  readonly document: Uint8Array;
  readonly modifiedAt: Date;
  /** Opaque. */
  readonly version: string;
}
