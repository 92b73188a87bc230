/** strongSwan's `pki --scep`: the strictest reader of answers, and the one that asks for PSS. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/openssl.js';
import { runCommand, runSuccessfully } from '../support/run-command.js';
import { openEnvelope, readCertReps } from './cert-reps.js';
import { describeClient } from './clients.js';
import { expectIssued } from './issued-certificate.js';
import { CHALLENGE, MODES, useServer, WRONG_CHALLENGE, type InteropServer } from './modes.js';

const PLUGINS = '/usr/lib/ipsec/plugins';
const NEEDS = ['pki', `${PLUGINS}/libstrongswan-curl.so`, `${PLUGINS}/libstrongswan-openssl.so`];
const PACKAGES = 'strongswan-pki, libstrongswan-extra-plugins (HTTP) and libstrongswan-standard-plugins (EC)';

const DN = 'C=US, O=Contoso, CN=dev-1';
const DNS_NAME = 'dev-1.example.com';
const EXPECTED = { subject: 'CN=dev-1,O=Contoso,C=US', dnsName: DNS_NAME };

/** What the client is told to use, and what openssl then calls it in the answer, which mirrors the request. */
const VARIANTS = [
  { name: 'its defaults', options: [], digest: 'sha256', cipher: 'aes-128-cbc' },
  { name: 'SHA-512', options: ['--digest', 'sha512'], digest: 'sha512', cipher: 'aes-128-cbc' },
  {
    name: '3DES and SHA-1',
    options: ['--cipher', 'des3', '--digest', 'sha1'],
    digest: 'sha1',
    cipher: 'des-ede3-cbc',
  },
  { name: 'PSS', options: ['--rsa-padding', 'pss'], digest: 'sha256', cipher: 'aes-128-cbc' },
] as const;

describeClient('strongSwan pki --scep', NEEDS, `install the Debian packages ${PACKAGES}`, () => {
  describe.each(MODES)('$name', (mode) => {
    const server = useServer(mode);

    it('finds the CA certificate, and the RA certificate under it', async () => {
      const folder = temporaryFolder();
      const files = ['--caout', 'ca.pem', '--raout', 'ra.pem', '--outform', 'pem'];
      await runSuccessfully('pki', ['--scepca', '--url', server().url, ...files], { cwd: folder });
      expect(certificate(join(folder, 'ca.pem'))).toBe(certificate(server().caFile));
      if (mode.recipient === 'ra.pem') {
        expect(certificate(join(folder, 'ra.pem'))).toBe(certificate(server().recipientFile));
      }
    });

    it.each(VARIANTS)('enrolls with $name', async ({ options, digest, cipher }) => {
      const { folder, keyFile } = await createKey();
      const file = await enroll(server(), folder, keyFile, ['--password', CHALLENGE, ...options]);
      await expectIssued(server(), file, { ...EXPECTED, keyFile });
      const [answer] = readCertReps(server(), server().takeExchanges());
      expect(answer).toMatchObject({ pkiStatus: '0', digest });
      expect(openEnvelope(answer, keyFile).cipher).toBe(cipher);
    });

    it('renews with a new key, by its certificate alone', async () => {
      const old = await createKey();
      const oldFile = await enroll(server(), old.folder, old.keyFile, ['--password', CHALLENGE]);
      const { folder, keyFile } = await createKey();
      const file = await enroll(server(), folder, keyFile, ['--cert', oldFile, '--key', old.keyFile]);
      await expectIssued(server(), file, { ...EXPECTED, keyFile });
      const [, renewed] = readCertReps(server(), server().takeExchanges());
      // The answer is for the certificate that signed the request, not for the new one (RFC 8894 section 3.3.2.1).
      openEnvelope(renewed, old.keyFile);
    });

    it.each([
      { flaw: 'a wrong challenge', flawed: ['--password', WRONG_CHALLENGE] },
      { flaw: 'no challenge', flawed: [] },
    ])('reports $flaw', async ({ flawed }) => {
      const { keyFile } = await createKey();
      const { status, output } = await runCommand('pki', scepArguments(server(), keyFile, flawed));
      expect(status).toBe(1);
      expect(output).toContain('failInfo:     badRequest');
      const answers = readCertReps(server(), server().takeExchanges());
      expect(answers).toMatchObject([{ pkiStatus: '2', failInfo: '2' }]);
    });
  });
});

async function createKey(): Promise<{ readonly folder: string; readonly keyFile: string }> {
  const folder = temporaryFolder();
  const keyFile = join(folder, 'key.pem');
  const { status, stdout, output } = await runCommand('pki', [
    ...['--gen', '--type', 'rsa', '--size', '2048', '--outform', 'pem'],
  ]);
  expect(status, output).toBe(0);
  writeFileSync(keyFile, stdout, { mode: 0o600 });
  return { folder, keyFile };
}

/** @returns file of the certificate, PEM. */
async function enroll(
  server: InteropServer,
  folder: string,
  keyFile: string,
  options: readonly string[],
): Promise<string> {
  const { status, stdout, output } = await runCommand('pki', scepArguments(server, keyFile, options));
  expect(status, output).toBe(0);
  const file = join(folder, 'cert.pem');
  writeFileSync(file, stdout);
  return file;
}

function scepArguments(
  { url, caFile, recipientFile }: InteropServer,
  keyFile: string,
  options: readonly string[],
): readonly string[] {
  return [
    ...['--scep', '--url', url, '--in', keyFile, '--dn', DN, '--san', DNS_NAME, '--outform', 'pem'],
    ...['--cacert-enc', recipientFile, '--cacert-sig', recipientFile, '--cacert', caFile],
    ...options,
  ];
}

const certificate = (file: string): string => readFileSync(file, 'utf8').trim();
