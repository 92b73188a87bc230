/** micromdm's scepclient: single DES and SHA-1 whatever the server offers, so the endpoint has its legacy switch on. */
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/openssl.js';
import { runCommand, type CommandResult } from '../support/run-command.js';
import { openEnvelope, readCertReps } from './cert-reps.js';
import { describeClient } from './clients.js';
import { expectIssued } from './issued-certificate.js';
import { CHALLENGE, MODES, useServer, WRONG_CHALLENGE, type InteropServer, type Mode } from './modes.js';

const SUBJECT = 'CN=dev-1,OU=MDM,O=Contoso,C=US';

describeClient('micromdm scepclient', ['scepclient'], 'install the Debian package scep', () => {
  describe.each(MODES)('$name', (mode) => {
    const server = useServer(mode);

    it('enrolls, then renews by its certificate alone', async () => {
      const { caFile } = server();
      const folder = temporaryFolder();
      const [keyFile, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
      const expected = { subject: SUBJECT, keyFile };

      await succeed(clientArguments(mode, server(), folder, ['-challenge', CHALLENGE]));
      const first = await expectIssued({ caFile }, file, expected);
      const [enrolled] = readCertReps(server(), server().takeExchanges());
      expect(enrolled).toMatchObject({ pkiStatus: '0', digest: 'sha1' });
      const { cipher, certificate } = openEnvelope(enrolled, keyFile);
      expect(cipher).toBe('des-ede3-cbc');
      expect(certificate).toBe(readFileSync(file, 'utf8'));

      // The client would send its first request again, challenge and all.
      await rm(join(folder, 'csr.pem'));
      const { output } = await succeed(clientArguments(mode, server(), folder));
      expect(output).toContain('pkiStatus=SUCCESS');
      const [renewed] = readCertReps(server(), server().takeExchanges());
      expect(renewed).toMatchObject({ pkiStatus: '0' });
      expect(openEnvelope(renewed, keyFile).certificate).toBe(readFileSync(file, 'utf8'));
      expect(await expectIssued({ caFile }, file, expected)).not.toBe(first);
    });

    it('reports a wrong challenge', async () => {
      const folder = temporaryFolder();
      const { status, output } = await runCommand(
        'scepclient',
        clientArguments(mode, server(), folder, ['-challenge', WRONG_CHALLENGE]),
      );
      expect(status).toBe(1);
      expect(output).toContain('failInfo: badRequest (2)');
      const answers = readCertReps(server(), server().takeExchanges());
      expect(answers).toMatchObject([{ pkiStatus: '2', failInfo: '2' }]);
    });
  });
});

async function succeed(args: readonly string[]): Promise<CommandResult> {
  const result = await runCommand('scepclient', args);
  expect(result, result.output).toMatchObject({ status: 0 });
  return result;
}

function clientArguments(
  { caKey }: Mode,
  { url, recipientFile }: InteropServer,
  folder: string,
  extra: readonly string[] = [],
): readonly string[] {
  return [
    ...['-private-key', join(folder, 'key.pem'), '-certificate', join(folder, 'cert.pem')],
    ...['-server-url', url, '-cn', 'dev-1', '-organization', 'Contoso'],
    // It encrypts to every certificate of GetCACert and cannot do that for an EC key.
    ...(caKey === 'ec' ? ['-ca-fingerprint', sha256(recipientFile)] : []),
    ...extra,
  ];
}

const sha256 = (file: string): string =>
  new X509Certificate(readFileSync(file)).fingerprint256.replaceAll(':', '').toLowerCase();
