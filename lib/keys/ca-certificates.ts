/** @module Port: where the CA certificates lie that belong to keys in the vault. They are public data. */

export interface CaRecord {
  /** DER. */
  readonly certificate: Uint8Array;
  /** Certificates above it up to the root, nearest first. DER. */
  readonly chain: readonly Uint8Array[];
  /** The vault key that signs for it. */
  readonly keyName: string;
  /** Unset: the newest version of the key. */
  readonly keyVersion?: string;
}

export interface CaCertificateSet {
  readonly current: CaRecord;
  /** Takes over at `cutOver`; until then it is only announced. */
  readonly next?: CaRecord & { readonly cutOver: Date };
  /** Former CAs: their certificates may still authenticate a renewal, and are still answered for. */
  readonly former: readonly CaRecord[];
}

export interface CaCertificates {
  /**
   * @returns `undefined` as long as no CA certificate was installed.
   * @throws {SkepError} `ERR_STORE_UNAVAILABLE`
   */
  read(): Promise<CaCertificateSet | undefined>;
}

export interface StoredCaCertificates {
  readonly set: CaCertificateSet;
  /** Opaque; the set is replaced only against the version that was read. */
  readonly version: string;
}

/** The same for those who set up and roll over the CA. */
export interface CaCertificateStore extends CaCertificates {
  /** @throws {SkepError} `ERR_STORE_UNAVAILABLE` */
  load(): Promise<StoredCaCertificates | undefined>;
  /**
   * Replaces the whole set, at once or not at all.
   * @param replaces the version that was read; unset: there was none.
   * @throws {SkepError} `ERR_STORE_UNAVAILABLE`; `ERR_STORE_CONFLICT` when it changed meanwhile.
   */
  save(set: CaCertificateSet, replaces: string | undefined): Promise<void>;
}
