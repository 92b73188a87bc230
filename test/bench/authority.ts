/** @module The CA of the benchmarks: RSA-2048, with an RSA-2048 registration authority, both keys in this process. */
import type { Authority } from '../../lib/keys/authority.js';
import { createLocalDecrypter, createLocalSigner } from '../../lib/keys/local-key.js';
import { extendedKeyUsage, keyUsage } from '../../lib/pki/extensions.js';
import { OID } from '../../lib/pki/oids.js';
import { createTestAuthority, generatePrivateKey, issueLeaf } from '../support/test-authority.js';
import type { KeyObject } from 'node:crypto';

export interface BenchAuthority {
  readonly authority: Authority;
  readonly caKey: KeyObject;
  readonly raKey: KeyObject;
  /** PEM. */
  readonly caPem: string;
}

/** The keys sign and open as they do in production without a vault: through lib/keys. */
export async function createBenchAuthority(): Promise<BenchAuthority> {
  const { authority, caKey, caPem } = await createTestAuthority('rsa', 'ca');
  const issuer = { ...authority.issuer, signer: createLocalSigner(caKey) };
  const raKey = generatePrivateKey('rsa');
  const signer = createLocalSigner(raKey);
  const certificate = await issueLeaf(issuer, {
    subject: 'CN=Bench RA,O=Skep',
    publicKey: signer.publicKey,
    extensions: [
      keyUsage(['digitalSignature', 'keyEncipherment']),
      extendedKeyUsage([OID.certificateRequestAgent]),
    ],
  });
  const recipient = { certificate, signer, decrypter: createLocalDecrypter(raKey) };
  return { authority: { ...authority, mode: 'ra', issuer, recipients: [recipient] }, caKey, raKey, caPem };
}
