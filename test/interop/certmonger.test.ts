/** certmonger: GET only, and a daemon that tracks what it has. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/openssl.js';
import { openEnvelope, readCertReps } from './cert-reps.js';
import { startCertmonger, type Getcert } from './certmonger-session.js';
import { describeClient } from './clients.js';
import { expectIssued } from './issued-certificate.js';
import { CHALLENGE, MODES, useServer, WRONG_CHALLENGE, type InteropServer } from './modes.js';

const NEEDS = ['getcert', 'certmonger', 'dbus-daemon'];

describeClient('certmonger', NEEDS, 'install the Debian packages certmonger and dbus', () => {
  describe.each(MODES)('$name', (mode) => {
    const server = useServer(mode);

    it('enrolls over GET, then renews by its certificate', async () => {
      const folder = temporaryFolder();
      const getcert = await startCertmonger(folder);
      const [keyFile, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
      const expected = { subject: 'CN=dev-1', dnsName: 'dev-1.example.com', keyFile };

      await addServer(getcert, server());
      const enrolled = await request(getcert, folder, CHALLENGE);
      expect(enrolled, enrolled.output).toMatchObject({ status: 0 });
      const first = await expectIssued(server(), file, expected);
      const exchanges = server().takeExchanges();
      expect(new Set(exchanges.map(({ method }) => method))).toEqual(new Set(['GET']));
      const [answer] = readCertReps(server(), exchanges);
      expect(answer).toMatchObject({ pkiStatus: '0', digest: 'sha256' });
      expect(openEnvelope(answer, keyFile).cipher).toBe('aes-256-cbc');

      const renewed = await getcert('resubmit', '-f', file, '-w');
      expect(renewed, renewed.output).toMatchObject({ status: 0 });
      expect(await expectIssued(server(), file, expected)).not.toBe(first);
      expect((await getcert('list')).output).toContain('status: MONITORING');
    });

    it('reports a wrong challenge', async () => {
      const folder = temporaryFolder();
      const getcert = await startCertmonger(folder);
      await addServer(getcert, server());
      expect(await request(getcert, folder, WRONG_CHALLENGE)).toMatchObject({ status: 2 });
      expect((await getcert('list')).output).toContain('status: CA_REJECTED');
      const answers = readCertReps(server(), server().takeExchanges());
      expect(answers).toMatchObject([{ pkiStatus: '2', failInfo: '2' }]);
    });
  });
});

async function addServer(getcert: Getcert, { url, caFile }: InteropServer): Promise<void> {
  const added = await getcert('add-scep-ca', '-c', 'skep', '-u', url, '-N', caFile);
  expect(added, added.output).toMatchObject({ status: 0 });
}

/** Waits until the request has an end, good or bad. */
const request = (getcert: Getcert, folder: string, challenge: string) =>
  getcert(
    'request',
    ...['-c', 'skep', '-f', join(folder, 'cert.pem'), '-k', join(folder, 'key.pem')],
    ...['-N', 'CN=dev-1', '-D', 'dev-1.example.com', '-L', challenge, '-w'],
  );
