/** openssl as the reader of what the server says: its certificates, and answers to requests of every algorithm. */
import { readFileSync, writeFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createScepClient, exportPrivateKey, generateRsaKey } from '../../dev/scep-client/index.js';
import { openssl, temporaryFolder } from '../support/openssl.js';
import { openEnvelope, readCertReps } from './cert-reps.js';
import { expectIssued } from './issued-certificate.js';
import { CHALLENGE, MODES, useServer } from './modes.js';

/** Named as the client names them, and as openssl names what comes back. */
const REQUESTS = [
  { digest: 'sha1', cipher: 'des3', keyTransport: 'pkcs1', comesBack: 'des-ede3-cbc' },
  { digest: 'sha256', cipher: 'aes128', keyTransport: 'pkcs1', comesBack: 'aes-128-cbc' },
  { digest: 'sha384', cipher: 'aes192', keyTransport: 'oaep-sha1', comesBack: 'aes-192-cbc' },
  { digest: 'sha512', cipher: 'aes256', keyTransport: 'oaep-sha256', comesBack: 'aes-256-cbc' },
] as const;

describe.each(MODES)('openssl, $name', (mode) => {
  const server = useServer(mode);

  it('reads what GetCACert hands out', async () => {
    const response = await fetch(`${server().url}?operation=GetCACert`);
    const body = new Uint8Array(await response.arrayBuffer());
    const inRaMode = mode.recipient === 'ra.pem';
    expect(response.headers.get('content-type')).toBe(
      inRaMode ? 'application/x-x509-ca-ra-cert' : 'application/x-x509-ca-cert',
    );
    const printed = inRaMode
      ? openssl(['pkcs7', '-inform', 'DER', '-print_certs'], body)
      : openssl(['x509', '-inform', 'DER'], body);
    const files = inRaMode ? [server().recipientFile, server().caFile] : [server().caFile];
    expect(fingerprints(printed)).toEqual(files.flatMap((file) => fingerprints(readFileSync(file, 'utf8'))));
  });

  it.each(REQUESTS)('opens the answer to $digest, $cipher, $keyTransport', async (request) => {
    const { comesBack, ...message } = request;
    const folder = temporaryFolder();
    const [keyFile, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const key = await generateRsaKey();
    writeFileSync(keyFile, exportPrivateKey(key), { mode: 0o600 });
    const client = createScepClient({ url: server().url });
    await client.enroll({ key, subject: 'CN=dev-1', challenge: CHALLENGE, message });

    const [answer] = readCertReps(server(), server().takeExchanges());
    expect(answer).toMatchObject({ pkiStatus: '0', digest: message.digest });
    const { cipher, certificate } = openEnvelope(answer, keyFile);
    expect(cipher).toBe(comesBack);
    writeFileSync(file, certificate);
    await expectIssued(server(), file, { subject: 'CN=dev-1', keyFile });
  });
});

const fingerprints = (pems: string): readonly string[] =>
  (pems.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? []).map(
    (pem) => new X509Certificate(pem).fingerprint256,
  );
