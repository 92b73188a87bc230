/** @module The CRLs that are published: by name in the publication store, and for a short time in memory. */
import { createHash } from 'node:crypto';
import { toHex } from '../base/bytes.js';
import type { Clock } from '../base/clock.js';
import { parseCrl, type CertificateList } from '../pki/crl-reader.js';
import type { PublicationStore } from '../store/store.js';

export const CRL_TYPE = 'application/pkix-crl';

/** Path below the public address, and name in the publication store. @param issuerId upper-case hex. */
export function crlPath(issuerId: string, kind: 'complete' | 'delta' = 'complete'): string {
  return `crl/${issuerId}${kind === 'delta' ? '-delta' : ''}.crl`;
}

export interface PublishedCrl {
  /** CertificateList. */
  readonly der: Uint8Array;
  readonly list: CertificateList;
  readonly modifiedAt: Date;
  readonly etag: string;
}

export interface PublishedCrls {
  /**
   * From memory while it is young, otherwise from the store; from memory again while the store cannot be reached and
   * the CRL has not lapsed. @throws {SkepError} `ERR_STORE_UNAVAILABLE`
   */
  find(path: string): Promise<PublishedCrl | undefined>;
  /** From the store. @throws {SkepError} `ERR_STORE_UNAVAILABLE` */
  load(path: string): Promise<PublishedCrl | undefined>;
  /** @throws {SkepError} `ERR_STORE_UNAVAILABLE` */
  save(path: string, der: Uint8Array): Promise<void>;
}

/** @param cacheMs for how long another instance's publication may stay unseen here. */
export function createPublishedCrls(store: PublicationStore, clock: Clock, cacheMs: number): PublishedCrls {
  const seen = new Map<string, { readonly crl: PublishedCrl; readonly until: number }>();

  function remember(path: string, crl: PublishedCrl): PublishedCrl {
    seen.set(path, { crl, until: clock.now().getTime() + cacheMs });
    return crl;
  }

  async function load(path: string): Promise<PublishedCrl | undefined> {
    const stored = await store.get(path);
    return stored && remember(path, readPublished(stored.document, stored.modifiedAt));
  }

  return {
    load,
    async find(path) {
      const known = seen.get(path);
      if (known && clock.now().getTime() < known.until) return known.crl;
      try {
        return await load(path);
      } catch (thrown) {
        if (known && clock.now() < known.crl.list.nextUpdate) return known.crl;
        throw thrown;
      }
    },
    async save(path, der) {
      await store.put(path, der, CRL_TYPE);
      remember(path, readPublished(der, clock.now()));
    },
  };
}

function readPublished(der: Uint8Array, modifiedAt: Date): PublishedCrl {
  const etag = toHex(createHash('sha256').update(der).digest());
  return { der, list: parseCrl(der), modifiedAt, etag };
}
