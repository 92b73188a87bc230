/** @module What the comparison works with, and what it says. */
import type { LedgerEntry } from '../../lib/ledger/chain.js';
import type { VaultSignature } from './vault-rows.js';

export interface IntuneRecord {
  /** Upper-case hex without leading zeros; absent where Intune names the thumbprint alone. */
  readonly serialNumber?: string | undefined;
  /** SHA-1, upper-case hex. */
  readonly thumbprint?: string | undefined;
}

export interface CertificateRow {
  readonly serialNumber: string;
  readonly state: string;
  readonly endpoint: string;
  readonly thumbprint?: string | undefined;
  /** SHA-256 of the TBSCertificate, upper-case hex. */
  readonly signedHash: string;
  /** Of the certificate; absent before it is issued. */
  readonly sha256?: string | undefined;
  readonly issuedAt?: Date | undefined;
  readonly deliveredAt?: Date | undefined;
  readonly notAfter: Date;
}

export interface AuditInput {
  readonly from: Date;
  readonly until: Date;
  /** What is younger than this, before `until`, may not have arrived everywhere. Milliseconds. */
  readonly settleMs: number;
  /** How far clocks differ: at the edges of the window, one side may have what the other has not. Milliseconds. */
  readonly slackMs: number;
  /** Of the issuance log, from `from` less `slackMs` on. */
  readonly entries: readonly LedgerEntry[];
  /** Rows that end after `from`, whenever they were issued, and others that Intune names. */
  readonly rows: readonly CertificateRow[];
  /** Absent: the vault is not compared. */
  readonly signatures?: readonly VaultSignature[] | undefined;
  /** Hashes (SHA-256) of what people signed with the key: CA certificates, certification requests. */
  readonly known: readonly string[];
  /** Absent: Intune is not compared. */
  readonly intune?: readonly IntuneRecord[] | undefined;
  readonly intuneEndpoints: ReadonlySet<string>;
}

export interface Discrepancy {
  /** Stable, for programs. */
  readonly kind: string;
  /** For people, one sentence. */
  readonly text: string;
}

/** What may be missing for a comparison. */
export type Uncompared = 'vault' | 'intune';

export interface AuditResult {
  readonly counts: Readonly<Record<string, number>>;
  /** What nothing explains; empty when all is well. */
  readonly unexplained: readonly Discrepancy[];
  /** What the result does not cover, or what somebody may want to know. */
  readonly notes: readonly string[];
}

/** What one comparison adds to the result. */
export type Judgement = Omit<AuditResult, 'notes'> & { readonly notes?: readonly string[] };
