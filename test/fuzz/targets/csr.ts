/** @module Certification requests: read, searched for whom they name, and shaped into what would be signed. */
import { equalBytes } from '../../../lib/base/bytes.js';
import { viewAuthority } from '../../../lib/enrollment/authority-view.js';
import { readTbsView } from '../../../lib/issuance/lints/tbs-view.js';
import { readClaimedIdentity } from '../../../lib/issuance/names/claimed-identity.js';
import { createProfile } from '../../../lib/issuance/profile.js';
import { createShaper } from '../../../lib/issuance/shape.js';
import {
  parseCertificationRequest,
  verifyCertificationRequest,
  type CertificationRequest,
} from '../../../lib/pki/csr.js';
import { OID } from '../../../lib/pki/oids.js';
import { CAPTURE_CLOCK, vectorAuthority } from '../../support/vectors.js';
import { readRequestWithPkijs } from '../readers.js';
import { REQUESTS } from '../seeds.js';
import { assertHolds, type Target } from '../target.js';
import { judge } from '../verdict.js';

const { issuer } = viewAuthority(await vectorAuthority('c')());
const shape = createShaper(
  createProfile({
    name: 'fuzz',
    protectedDomains: ['corp.example'],
    defaultExtendedKeyUsage: ['clientAuth'],
  }),
  issuer,
);

/** What a certificate may carry here, whatever was asked for. */
export const ALLOWED_EXTENSIONS: ReadonlySet<string> = new Set([
  OID.keyUsage,
  OID.extKeyUsage,
  OID.basicConstraints,
  OID.subjectKeyIdentifier,
  OID.authorityKeyIdentifier,
  OID.subjectAltName,
]);

/** The lint is the last line, and ours to keep: a request that reaches it got too far. */
const REFUSALS = [
  'ERR_CSR_MALFORMED',
  'ERR_KEY_ALGORITHM',
  'ERR_KEY_SIZE',
  'ERR_KEY_WEAK',
  'ERR_EXTENSION',
  'ERR_SUBJECT',
  'ERR_SAN',
  'ERR_KEY_USAGE',
  'ERR_EXTENDED_KEY_USAGE',
] as const;

const random = (length: number): Uint8Array => new Uint8Array(length).fill(0x5a);

function issue(csr: CertificationRequest): void {
  const { tbs } = shape({ csr, now: CAPTURE_CLOCK.now(), random, shard: '0' });
  const issued = readTbsView(tbs);
  assertHolds(equalBytes(issued.subject.der, csr.subject.der), 'the subject is the request’s');
  assertHolds(equalBytes(issued.publicKey.bytes, csr.publicKey.spki), 'the key is the request’s');
  for (const { type } of issued.extensions)
    assertHolds(ALLOWED_EXTENSIONS.has(type), `extension ${type} was copied`);
}

export const csr: Target = {
  name: 'csr',
  about: 'certification requests, up to the certificate to be signed',
  grammar: 'der',
  seeds: () => REQUESTS,
  run(input) {
    let request: CertificationRequest | undefined;
    const read = judge(() => {
      request = parseCertificationRequest(input);
    }, ['ERR_CSR_MALFORMED', 'ERR_CSR_AMBIGUOUS']);
    if (!request) return read;
    const known = request;
    judge(() => readClaimedIdentity(known), ['ERR_CSR_MALFORMED']);
    // Hardly any mutant is signed by its key. That its signature can be checked at all is part of reading it.
    const signed = judge(() => {
      verifyCertificationRequest(known);
    }, ['ERR_CSR_SIGNATURE', 'ERR_SCEP_ALGORITHM', 'ERR_CSR_MALFORMED']);
    if (signed.reason.startsWith('ERR_CSR_MALFORMED')) return signed;
    return judge(() => {
      issue(known);
    }, REFUSALS);
  },
  references: [{ name: 'pkijs', every: 20, read: readRequestWithPkijs }],
  program: { args: ['req', '-inform', 'DER', '-noout', '-in'] },
};
