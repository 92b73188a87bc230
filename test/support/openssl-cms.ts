/** @module `openssl cms`: somebody else's reader of our CertReps. */
import { spawnSync } from 'node:child_process';
import type { KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CAPTURE_CLOCK } from './vectors.js';
import { pem, temporaryFolder } from './openssl.js';

function run(args: readonly string[], input: Uint8Array): Uint8Array {
  const { status, stdout, stderr } = spawnSync('openssl', args, { input });
  if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr.toString()}`);
  return new Uint8Array(stdout);
}

/** Verifies signature and chain, as of the recorded messages in test/vectors. @returns the content. */
export function cmsVerify(message: Uint8Array, root: Uint8Array): Uint8Array {
  const file = join(temporaryFolder(), 'root.pem');
  writeFileSync(file, pem(root));
  const time = String(Math.floor(CAPTURE_CLOCK.now().getTime() / 1000));
  const options = ['-CAfile', file, '-purpose', 'any', '-attime', time, '-binary'];
  return run(['cms', '-verify', '-inform', 'DER', '-outform', 'DER', ...options], message);
}

/** Opens an EnvelopedData that is meant for this certificate. */
export function cmsDecrypt(envelope: Uint8Array, key: KeyObject, certificate: Uint8Array): Uint8Array {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'key.pem'), key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  writeFileSync(join(folder, 'certificate.pem'), pem(certificate));
  const options = ['-inkey', join(folder, 'key.pem'), '-recip', join(folder, 'certificate.pem'), '-binary'];
  return run(['cms', '-decrypt', '-inform', 'DER', ...options], envelope);
}

/** What `openssl pkcs7` finds in a degenerate SignedData: subjects in order. */
export function certificatesIn(payload: Uint8Array): string[] {
  const text = Buffer.from(run(['pkcs7', '-inform', 'DER', '-print_certs', '-noout'], payload)).toString();
  return text.split('\n').flatMap((line) => (line.startsWith('subject=') ? [line.slice(8)] : []));
}
