/** @module What GetNextCACert answers: the next CA's certificates, under signatures that clients can check (RFC 8894 section 4.7). */
import { equalBytes } from '../base/bytes.js';
import { singleFlight } from '../base/single-flight.js';
import { allowsUsage } from '../pki/key-usage.js';
import { encodeCertsOnly } from '../scep/certs-only.js';
import { encodeSignedData, type DataSigner } from '../scep/sign-data.js';
import { viewAuthority, type AuthorityView } from './authority-view.js';
import type { EnrollmentService } from './service.js';

/**
 * @returns ContentInfo, DER; `undefined` while there is no next CA. Whoever likes may ask, so it is signed once and then
 *   repeated until one of its certificates changes.
 * @throws {SkepError} what the authority and its signers throw.
 */
export function createNextCaAnswer({
  authority: source,
  clock,
}: Pick<EnrollmentService, 'authority' | 'clock'>): () => Promise<Uint8Array | undefined> {
  let signed: { readonly parts: readonly Uint8Array[]; readonly answer: Uint8Array } | undefined;

  return singleFlight(async () => {
    const authority = viewAuthority(await source());
    const { next } = authority;
    if (!next) return undefined;
    const signers = signersOf(authority);
    const parts = [...next, ...signers.map(({ certificate }) => certificate.der)];
    if (!signed || !areEqual(signed.parts, parts)) {
      signed = { parts, answer: await encodeSignedData(encodeCertsOnly(next), [], signers, clock.now()) };
    }
    return signed.answer;
  });
}

/**
 * The current CA signs, as section 4.7.1 has it: its certificate is what clients trust. Beside it signs whoever answers
 * their other messages, because jscep looks for that signature. Without the key usage digitalSignature the CA's would
 * prove nothing (RFC 5280 section 4.2.1.3), and the RA, which it certified, signs alone.
 */
function signersOf({ mode, issuer, recipients }: AuthorityView): readonly [DataSigner, ...DataSigner[]] {
  const [{ certificate, signer }] = recipients;
  const answerer: DataSigner = { certificate, signer, algorithm: signer.algorithms[0] };
  return mode === 'ra' && allowsUsage(issuer.certificate, 'digitalSignature')
    ? [issuer, answerer]
    : [answerer];
}

function areEqual(some: readonly Uint8Array[], others: readonly Uint8Array[]): boolean {
  return (
    some.length === others.length && some.every((part, i) => equalBytes(part, others[i] ?? new Uint8Array()))
  );
}
