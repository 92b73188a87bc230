/** @module Checking a CRL as a relying party does (RFC 5280 section 6.3). */
import * as pkijs from 'pkijs';
import { toHex } from '../../lib/base/bytes.js';
import { SkepError } from '../../lib/base/errors.js';
import { parseCrl } from '../../lib/pki/crl-reader.js';
import { readBlock, reading } from '../../dev/scep-client/ber-reader.js';
import type { Certificate } from '../../dev/scep-client/certificate.js';
import { ScepClientError } from '../../dev/scep-client/errors.js';
import { readSignatureAlgorithm, verifyBytes } from '../../dev/scep-client/signatures.js';

export type CrlVerdict =
  | {
      readonly state: 'good' | 'stale';
      readonly found: string;
      readonly lists: (certificate: Certificate) => boolean;
    }
  | { readonly state: 'wrong'; readonly found: string };

/** Never throws for what the bytes hold. */
export function judgeCrl(der: Uint8Array, issuer: Certificate, now: Date): CrlVerdict {
  try {
    const list = parseCrl(der);
    if (!isSignedBy(der, issuer)) return { state: 'wrong', found: `not signed by ${issuer.subject}` };
    const serials = new Set([...list.entries()].map(({ serialNumber }) => serialNumber));
    const { number, thisUpdate, nextUpdate } = list;
    const span = `${thisUpdate.toISOString()} to ${nextUpdate.toISOString()}`;
    return {
      state: nextUpdate.getTime() > now.getTime() ? 'good' : 'stale',
      found: `number ${number}, ${serials.size} entries, ${span}`,
      lists: ({ serialNumber }) => serials.has(toHex(serialNumber)),
    };
  } catch (thrown) {
    if (thrown instanceof SkepError || thrown instanceof ScepClientError)
      return { state: 'wrong', found: `not a CRL with a number: ${thrown.message}` };
    throw thrown;
  }
}

function isSignedBy(der: Uint8Array, { publicKey }: Certificate): boolean {
  return reading('CRL', () => {
    const crl = new pkijs.CertificateRevocationList({ schema: readBlock(der, 'CRL') });
    const signature = new Uint8Array(crl.signatureValue.valueBlock.valueHexView);
    const scheme = readSignatureAlgorithm(crl.signatureAlgorithm);
    return verifyBytes(publicKey, scheme, new Uint8Array(crl.tbsView), signature);
  });
}
