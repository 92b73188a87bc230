/** @module Port: what the directory (Intune and Entra) says about those whom certificates are for. */

/** Whom a certificate is for, as its record has it. */
export interface Holder {
  /** Intune or Entra device id. */
  readonly deviceId?: string;
  /** User principal name. */
  readonly user?: string;
  /** What happened to the device before was an earlier enrollment’s end, not this certificate’s. */
  readonly issuedAt: Date;
}

/** What was seen before. With it, silence about a holder can be told from a holder who was never there. */
export interface Evidence {
  /** Whether Intune once managed the device of this Entra device id. */
  readonly wasManaged?: boolean;
  /** Object id of the user who has, or had, this user principal name. */
  readonly userId?: string;
}

export type Standing =
  | { readonly standing: 'good' }
  /** May become good again. */
  | { readonly standing: 'suspended'; readonly why: 'device-disabled' | 'user-disabled' | 'noncompliant' }
  | { readonly standing: 'ended'; readonly why: 'device-deleted' | 'device-retired' | 'user-deleted' };

export const FEEDS = ['managedDevices', 'devices', 'users'] as const;

/**
 * - `managedDevices`: Intune's devices. Each reading is of the whole list: Graph has no delta for them.
 * - `devices`, `users`: Entra's. The first reading is of the whole list, later ones of what changed.
 */
export type FeedName = (typeof FEEDS)[number];

export interface FeedItem {
  /** Of the object; lower case. */
  readonly id: string;
  /** `suspect`: disabled, retired, wiped, or not compliant where that counts. */
  readonly change: 'present' | 'suspect' | 'removed';
  /** What certificates call it: device ids or a user principal name, lower case. Empty when the page does not say. */
  readonly names: readonly string[];
}

export interface FeedPage {
  readonly items: readonly FeedItem[];
  /** Where the next page is; absent on the last one. */
  readonly next?: string;
  /** On the last page of a feed that tells changes: where they will be. */
  readonly changes?: string;
}

/** All methods throw `ERR_DIRECTORY_UNAVAILABLE` or `ERR_DIRECTORY_FORBIDDEN` when there is no answer. */
export interface Directory {
  /**
   * What the directory says at this moment; the worst of what it says about device and user.
   * A user whom nobody finds by name may have been renamed: without `evidence.userId` that counts as good.
   * @param budgetMs for all of its calls; default: each call's own.
   */
  standingOf(holder: Holder, evidence?: Evidence, budgetMs?: number): Promise<Standing>;
  /**
   * @param link from the page before, or from an earlier reading; absent: from the beginning.
   * @returns `expired` when `link` is too old: the feed must be read from its beginning.
   */
  readPage(feed: FeedName, link?: string): Promise<FeedPage | 'expired'>;
}
