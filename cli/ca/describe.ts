/** @module A CA certificate in the words and members that `skep ca` prints. */
import { createHash } from 'node:crypto';
import { toHex } from '../../lib/base/bytes.js';
import type { CaRecord } from '../../lib/keys/ca-certificates.js';
import { encodePem } from '../../lib/keys/pem.js';
import { parseCertificate } from '../../lib/pki/certificate.js';
import { formatName } from '../../lib/pki/name.js';

export interface CaFacts {
  readonly subject: string;
  /** Its own subject for a root. */
  readonly issuer: string;
  readonly serialNumber: string;
  /** SHA-1, as Windows and Intune name certificates. */
  readonly thumbprint: string;
  readonly sha256: string;
  readonly notBefore: string;
  readonly notAfter: string;
}

/** @param der a certificate. */
export function certificateFacts(der: Uint8Array): CaFacts {
  const { subject, issuer, serialNumber, notBefore, notAfter } = parseCertificate(der);
  return {
    subject: formatName(subject),
    issuer: formatName(issuer),
    serialNumber,
    thumbprint: toHex(createHash('sha1').update(der).digest()),
    sha256: toHex(createHash('sha256').update(der).digest()),
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
  };
}

export const recordFacts = ({ certificate, chain, keyName, keyVersion }: CaRecord) => ({
  ...certificateFacts(certificate),
  key: { name: keyName, version: keyVersion ?? null },
  chain: chain.map((der) => certificateFacts(der)),
  pem: [certificate, ...chain].map((der) => encodePem('CERTIFICATE', der)).join(''),
});

export function recordLines(record: CaRecord): string[] {
  const { subject, issuer, thumbprint, notAfter, key, chain } = recordFacts(record);
  return [
    `  Subject     ${subject}`,
    `  Issuer      ${issuer === subject ? 'itself (a root)' : issuer}`,
    `  Thumbprint  ${thumbprint} (SHA-1)`,
    `  Valid until ${notAfter.slice(0, 10)}`,
    `  Vault key   ${key.name}, version ${key.version ?? 'newest'}`,
    ...chain.map((above) => `  Below       ${above.subject}, until ${above.notAfter.slice(0, 10)}`),
  ];
}
