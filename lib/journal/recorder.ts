/** @module Port: what happened to a request, step by step, for people. */
import type { ErrorCode } from '../base/error-codes.js';

export interface JournalStep {
  /** The step's name in the path: decode, recall, validate, cross-check, shape, reserve, sign, record, notify, answer. */
  readonly name: string;
  readonly ms: number;
}

/** One request. Never holds a challenge, a token, a CSR or a key. */
export interface JournalEntry {
  readonly at: Date;
  readonly endpoint: string;
  /** SCEP transactionID; a stranger's text. Empty when the message could not be read that far. */
  readonly transactionId: string;
  readonly messageType: string;
  readonly outcome: 'issued' | 'repeated' | 'answered' | 'refused' | 'unavailable';
  readonly code?: ErrorCode | undefined;
  readonly detail?: string | undefined;
  /** Codes of what was noticed and did not end the request: what was left out of the certificate, or superseded. */
  readonly notes?: readonly string[] | undefined;
  readonly serialNumber?: string | undefined;
  readonly subject?: string | undefined;
  readonly deviceId?: string | undefined;
  readonly user?: string | undefined;
  readonly steps: readonly JournalStep[];
}

export interface JournalRecorder {
  /** Never throws: a journal that cannot be written is no reason to refuse a device. */
  record(entry: JournalEntry): Promise<void>;
}

/** Where entries are kept. */
export interface JournalWriter {
  /** @throws {SkepError} `ERR_STORE_UNAVAILABLE` */
  write(entry: JournalEntry): Promise<void>;
}

export type JournalQueryBy =
  | { readonly transactionId: string }
  | { readonly serialNumber: string }
  | { readonly deviceId: string }
  /** From `from`, inclusive, until `until`, exclusive. */
  | { readonly from: Date; readonly until: Date };

export interface JournalQuery {
  readonly by: JournalQueryBy;
  /** 1 to 500, default 50. */
  readonly limit?: number;
  /** From the page before. */
  readonly continuation?: string;
}

export interface JournalPage {
  /** Newest first. */
  readonly entries: readonly JournalEntry[];
  readonly continuation?: string;
}

export interface JournalReader {
  /**
   * Letter case does not matter, except in a transaction id.
   * @throws {SkepError} `ERR_STORE_UNAVAILABLE`; `ERR_SEARCH` for a continuation that is none of this query's.
   */
  search(query: JournalQuery): Promise<JournalPage>;
}

export interface JournalMaintenance {
  /**
   * Forgets what is older than the journal keeps.
   * @param mayGoOn asked before each further piece; what it stops is left to the next purge.
   * @returns how many rows went. @throws {SkepError} `ERR_STORE_UNAVAILABLE`
   */
  purge(mayGoOn?: () => boolean): Promise<number>;
}
