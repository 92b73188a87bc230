/** The openssl command: somebody else's reader of what we make. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that is removed when the present test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'skep-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Runs openssl and returns what it printed; a failure throws with its messages. */
export function openssl(args: readonly string[], input?: Uint8Array): string {
  const run = spawnSync('openssl', args, { ...(input ? { input } : {}), encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`openssl ${args.join(' ')}: ${run.stdout}${run.stderr}`);
  return run.stdout + run.stderr;
}

/** The text form of a certificate in DER. */
export const certificateText = (der: Uint8Array): string =>
  openssl(['x509', '-inform', 'DER', '-noout', '-text'], der);

/** `openssl verify` of a certificate against a root, through untrusted ones. */
export function opensslVerify(
  leaf: Uint8Array,
  root: Uint8Array,
  options: { readonly untrusted?: readonly Uint8Array[]; readonly extra?: readonly string[] } = {},
): string {
  const folder = temporaryFolder();
  const write = (name: string, ders: readonly Uint8Array[]) => {
    const path = join(folder, name);
    writeFileSync(path, ders.map((der) => pem(der)).join(''));
    return path;
  };
  const untrusted = options.untrusted?.length ? ['-untrusted', write('between.pem', options.untrusted)] : [];
  return openssl([
    'verify',
    '-x509_strict',
    '-CAfile',
    write('root.pem', [root]),
    ...untrusted,
    ...(options.extra ?? []),
    write('leaf.pem', [leaf]),
  ]);
}

export function pem(der: Uint8Array, label = 'CERTIFICATE'): string {
  const body = Buffer.from(der)
    .toString('base64')
    .replace(/.{1,64}/g, '$&\n');
  return `-----BEGIN ${label}-----\n${body}-----END ${label}-----\n`;
}
