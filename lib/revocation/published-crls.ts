/**
 * @module The CRLs that are published: by issuer in the publication store, and for a short time in memory.
 *
 * An issuer's complete CRL and its delta CRL lie in one document, one behind the other. So one write replaces both, on
 * the condition of one version: with two documents, a base that was signed late could follow a delta that says more.
 * Replacing a delta thereby writes its base once more, which had to be read for it anyway.
 */
import { createHash } from 'node:crypto';
import { concat, toHex } from '../base/bytes.js';
import type { Clock } from '../base/clock.js';
import { parseCrl, type CertificateList } from '../pki/crl-reader.js';
import { readElement } from '../pki/der.js';
import type { PublicationStore } from '../store/store.js';

export const CRL_TYPE = 'application/pkix-crl';

export type CrlKind = 'complete' | 'delta';

/** Path below the public address. @param issuerId upper-case hex. */
export function crlPath(issuerId: string, kind: CrlKind = 'complete'): string {
  return `crl/${issuerId}${kind === 'delta' ? '-delta' : ''}.crl`;
}

export interface PublishedCrl {
  /** CertificateList. */
  readonly der: Uint8Array;
  readonly list: CertificateList;
  /** When the document was written that it lies in. */
  readonly modifiedAt: Date;
  readonly etag: string;
}

/** What is published of one issuer. */
export interface IssuerCrls {
  readonly complete: PublishedCrl;
  /** May belong to an earlier base: what is left of the time when there were more entries. */
  readonly delta: PublishedCrl | undefined;
}

export interface StoredCrls extends IssuerCrls {
  /** Of their document, for `save`. */
  readonly version: string;
}

/** What an issuer publishes, each a CertificateList in DER. */
export interface CrlPair {
  readonly complete: Uint8Array;
  readonly delta: Uint8Array | undefined;
}

export interface PublishedCrls {
  /**
   * From memory while they are young, otherwise from the store; from memory again while the store cannot be reached and
   * the complete CRL has not lapsed. @throws {SkepError} `ERR_STORE_UNAVAILABLE`
   */
  find(issuerId: string): Promise<IssuerCrls | undefined>;
  /** From the store. @throws {SkepError} `ERR_STORE_UNAVAILABLE` */
  load(issuerId: string): Promise<StoredCrls | undefined>;
  /**
   * @param replaces what `load` gave; nothing else may be there.
   * @throws {SkepError} `ERR_STORE_UNAVAILABLE`; `ERR_STORE_CONFLICT` when something else is there.
   */
  save(issuerId: string, crls: CrlPair, replaces: StoredCrls | undefined): Promise<void>;
}

/** @param cacheMs for how long another instance's publication may stay unseen here. */
export function createPublishedCrls(store: PublicationStore, clock: Clock, cacheMs: number): PublishedCrls {
  const seen = new Map<string, { readonly crls: IssuerCrls; readonly until: number }>();

  function remember(issuerId: string, crls: IssuerCrls): void {
    seen.set(issuerId, { crls, until: clock.now().getTime() + cacheMs });
  }

  async function load(issuerId: string): Promise<StoredCrls | undefined> {
    const stored = await store.get(crlPath(issuerId));
    if (!stored) return undefined;
    const crls = readDocument(stored.document, stored.modifiedAt);
    remember(issuerId, crls);
    return { ...crls, version: stored.version };
  }

  return {
    load,
    async find(issuerId) {
      const known = seen.get(issuerId);
      if (known && clock.now().getTime() < known.until) return known.crls;
      try {
        return await load(issuerId);
      } catch (thrown) {
        if (known && clock.now() < known.crls.complete.list.nextUpdate) return known.crls;
        throw thrown;
      }
    },
    async save(issuerId, { complete, delta }, replaces) {
      const document = concat(delta ? [complete, delta] : [complete]);
      await store.put(crlPath(issuerId), document, CRL_TYPE, replaces?.version ?? 'none');
      remember(issuerId, readDocument(document, clock.now()));
    },
  };
}

function readDocument(document: Uint8Array, modifiedAt: Date): IssuerCrls {
  const { end } = readElement(document);
  const complete = readPublished(document.subarray(0, end), modifiedAt);
  const delta = end < document.length ? readPublished(document.subarray(end), modifiedAt) : undefined;
  return { complete, delta };
}

function readPublished(der: Uint8Array, modifiedAt: Date): PublishedCrl {
  const etag = toHex(createHash('sha256').update(der).digest());
  return { der, list: parseCrl(der), modifiedAt, etag };
}
