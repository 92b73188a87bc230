/** jscep, which speaks BER: enrolls, renews, polls, asks for a certificate and for the CRL. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../dev/project-root.js';
import { openssl, pem, temporaryFolder } from '../support/openssl.js';
import { runCommand, type CommandResult } from '../support/run-command.js';
import { createBench } from '../support/scep-bench.js';
import { serve } from '../support/serve.js';
import { openEnvelope, readCertReps } from './cert-reps.js';
import { describeClient } from './clients.js';
import { expectIssued } from './issued-certificate.js';
import { CHALLENGE, MODES, useServer, WRONG_CHALLENGE, type InteropServer } from './modes.js';

const PROGRAM = fileURLToPath(new URL('jscep/JscepClient.java', import.meta.url));
const LIBRARIES = join(projectRoot(), 'node_modules', '.cache', 'jscep');
const NEEDS = ['java', 'javac', join(LIBRARIES, 'jscep-2.5.8.jar')];
const ADVICE = 'install a JDK of version 17 or later and Maven, then run npm run fetch:jscep';

describeClient('jscep', NEEDS, ADVICE, () => {
  describe.each(MODES)('$name', (mode) => {
    const server = useServer(mode);
    // With an EC CA its renewal ends before it asks: it checks the RSA certificate that it renews with the CA's key.
    const canRenew = mode.caKey === 'rsa';

    it('enrolls, asks for what there is, and renews', async () => {
      const folder = temporaryFolder();
      const operations = ['enroll', 'getcert', 'getcrl', 'poll', ...(canRenew ? ['renew'] : [])];
      const { status, output } = await jscep(server(), folder, CHALLENGE, operations);
      expect(status, output).toBe(0);

      const read = (name: string) => readFileSync(join(folder, `${name}.pem`), 'utf8').trim();
      expect(read('getcert')).toBe(read('enroll'));
      expect(read('poll')).toBe(read('enroll'));
      const crl = ['crl', '-in', join(folder, 'getcrl.pem'), '-CAfile', server().caFile, '-noout'];
      expect(openssl(crl)).toContain('verify OK');

      const keyOf = (name: string) => join(folder, `${name}.key.pem`);
      const serialNumbers = [];
      for (const name of canRenew ? ['enroll', 'renew'] : ['enroll']) {
        const expected = {
          subject: 'CN=dev-1,O=Contoso',
          dnsName: 'dev-1.example.com',
          keyFile: keyOf(name),
        };
        serialNumbers.push(await expectIssued(server(), join(folder, `${name}.pem`), expected));
      }
      expect(new Set(serialNumbers).size).toBe(serialNumbers.length);

      const answers = readCertReps(server(), server().takeExchanges());
      expect(answers).toHaveLength(operations.length);
      for (const answer of answers) expect(answer).toMatchObject({ pkiStatus: '0', digest: 'sha512' });
      const { certificate } = openEnvelope(answers[0], keyOf('enroll'));
      expect(certificate.trim()).toBe(read('enroll'));
    });

    it('reports a wrong challenge', async () => {
      const { status, output } = await jscep(server(), temporaryFolder(), WRONG_CHALLENGE, ['enroll']);
      expect(output).toContain('enroll: FAILURE badRequest');
      expect(status).toBe(1);
      const answers = readCertReps(server(), server().takeExchanges());
      expect(answers).toMatchObject([{ pkiStatus: '2', failInfo: '2' }]);
    });

    it('reports an unknown serial number', async () => {
      const { status, output } = await jscep(server(), temporaryFolder(), CHALLENGE, [
        'enroll',
        'getcert-unknown',
      ]);
      expect(output).toContain('getcert-unknown: FAILURE badCertId');
      expect(status).toBe(1);
      const answers = readCertReps(server(), server().takeExchanges());
      expect(answers).toMatchObject([{ pkiStatus: '0' }, { pkiStatus: '2', failInfo: '4' }]);
    });
  });
});

describeClient('jscep and a CA that rolls over', NEEDS, ADVICE, () => {
  it.each(['b', 'c'] as const)('finds the signature that it looks for: keys %s', async (keys) => {
    const { handle, ca } = await createBench({
      keys,
      authority: (own) => ({ ...own, next: [own.issuer.certificate] }),
    });
    const url = await serve(async (request) => {
      const response = await handle('static', '', request);
      const body = new Uint8Array(await response.arrayBuffer());
      return { status: response.status, headers: Object.fromEntries(response.headers), body };
    });
    const folder = temporaryFolder();
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, pem(ca.ca.der));
    const { output } = await jscep({ url, caFile }, folder, CHALLENGE, ['nextca']);
    expect(output).toContain('nextca: SUCCESS');
  });
});

function jscep(
  { url, caFile }: Pick<InteropServer, 'url' | 'caFile'>,
  folder: string,
  challenge: string,
  operations: readonly string[],
): Promise<CommandResult> {
  const program = ['-cp', join(LIBRARIES, '*'), PROGRAM];
  return runCommand('java', [...program, url, caFile, folder, challenge, ...operations]);
}
