import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCsr, exportPrivateKey, generateRsaKey, toPem } from '../../../dev/scep-client/index.js';
import { vectorPath } from '../scep-client/vectors.js';
import { runSkep } from './run-cli.js';

const folder = mkdtempSync(path.join(tmpdir(), 'skep-inspect-'));
const file = (name: string) => path.join(folder, name);
const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });

const TOKEN = [
  '<CertEnrollToken><Data><CertEnrollChallenge>c2VjcmV0</CertEnrollChallenge></Data><Signature>00</Signature>',
  '<DeviceId>28fe573c-1077-4187-ab33-b70c89f9e682</DeviceId>',
  '<CertificateRequestId>ModelName=AC_1/LogicalName_2;Version=3;Hash=-68180377</CertificateRequestId>',
  '<Timestamp>2022-09-19T17:36:59.4897428Z</Timestamp></CertEnrollToken>',
].join('');
const CHALLENGE = Buffer.from(TOKEN).toString('base64');

beforeAll(async () => {
  const key = await generateRsaKey();
  writeFileSync(file('key.pem'), exportPrivateKey(key));
  const csr = createCsr({
    key,
    subject: 'CN=dev-1',
    challenge: CHALLENGE,
    subjectAltNames: [{ type: 'uri', value: 'IntuneDeviceId://28fe573c' }],
    validity: { period: 'Years', units: 1 },
  });
  writeFileSync(file('csr.der'), csr);
  writeFileSync(file('csr.pem'), toPem('CERTIFICATE REQUEST', csr));
  writeFileSync(file('csr.b64'), Buffer.from(csr).toString('base64url'));
  writeFileSync(file('challenge.txt'), `${CHALLENGE}\n`);
  writeFileSync(file('challenge.xml'), TOKEN);
  writeFileSync(file('noise.bin'), Buffer.from('3003020101', 'hex'));

  openssl('req', '-x509', '-key', 'key.pem', '-subj', '/CN=Test CA', '-days', '2', '-out', 'ca.pem');
  writeFileSync(file('index.txt'), `R\t491231235959Z\t261122120000Z,keyCompromise\t0A0B\tunknown\t/CN=x\n`);
  writeFileSync(file('crlnumber'), '05\n');
  writeFileSync(
    file('ca.conf'),
    '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\n',
  );
  openssl(
    'ca',
    '-gencrl',
    '-config',
    'ca.conf',
    '-keyfile',
    'key.pem',
    '-cert',
    'ca.pem',
    '-crldays',
    '7',
    '-out',
    'crl.pem',
  );
  const query = ['-issuer', 'ca.pem', '-serial', '0x0A0B', '-reqout', 'request.der'];
  openssl('ocsp', ...query);
  const responder = ['-rsigner', 'ca.pem', '-rkey', 'key.pem', '-CA', 'ca.pem', '-index', 'index.txt'];
  openssl('ocsp', ...responder, '-reqin', 'request.der', '-respout', 'response.der');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Shown {
  readonly kind: string;
  readonly fields: Record<string, unknown>;
  readonly parts: readonly Shown[];
}

async function inspectJson(...args: string[]): Promise<Shown[]> {
  const { exitCode, out, err } = await runSkep(['inspect', ...args, '--json']);
  expect(err).toBe('');
  expect(exitCode).toBe(0);
  return JSON.parse(out) as Shown[];
}

describe('skep inspect', () => {
  it.each(['csr.der', 'csr.pem', 'csr.b64'])('%s: shows a request and hides its challenge', async (name) => {
    const { out, exitCode } = await runSkep(['inspect', file(name)]);
    expect(exitCode).toBe(0);
    expect(out).toContain('CN=dev-1');
    expect(out).toContain('uri: IntuneDeviceId://28fe573c');
    expect(out).toContain('ValidityPeriod = Years');
    expect(out).toContain('28fe573c-1077-4187-ab33-b70c89f9e682');
    expect(out).toContain(`${CHALLENGE.length} characters, hidden`);
    expect(out).not.toContain(CHALLENGE.slice(20, 60));
    expect(out).not.toContain('c2VjcmV0');
  });

  it('shows the challenge when asked', async () => {
    const { out } = await runSkep(['inspect', file('csr.der'), '--show-challenge']);
    expect(out).toContain(CHALLENGE);
  });

  it.each(['challenge.txt', 'challenge.xml'])(
    '%s: reads the outside of an Intune challenge',
    async (name) => {
      expect(await inspectJson(file(name))).toMatchObject([
        {
          kind: 'challenge',
          fields: {
            DeviceId: '28fe573c-1077-4187-ab33-b70c89f9e682',
            CertificateRequestId: 'ModelName=AC_1/LogicalName_2;Version=3;Hash=-68180377',
            Timestamp: '2022-09-19T17:36:59.4897428Z',
          },
        },
      ]);
    },
  );

  it('opens a request with the server’s key', async () => {
    const message = vectorPath('b-rsa-ca', '043.jscep-enrol.PKIOperation.req.der');
    const [closed] = await inspectJson(message);
    expect(closed).toMatchObject({
      kind: 'pkiMessage',
      fields: {
        messageType: 'PKCSReq (19)',
        digest: 'sha512',
        signatureAlgorithm: 'sha512WithRSAEncryption',
        signature: 'verifies with the enclosed certificate',
      },
      parts: [
        { kind: 'certificate' },
        { kind: 'envelope', fields: { content: 'closed (--key opens it)' }, parts: [] },
      ],
    });
    const [open] = await inspectJson(message, '--key', vectorPath('keys', 'b-ca-key.pem'));
    expect(open?.parts[1]?.parts).toMatchObject([
      { kind: 'csr', fields: { subject: 'CN=jdev,O=Contoso,C=US' }, parts: [{ kind: 'challenge' }] },
    ]);
    expect(JSON.stringify(open)).not.toContain('secret123');
  });

  it('opens an answer with the client’s key, and says when the key is another', async () => {
    const message = vectorPath('b-rsa-ca', '003.micromdm.PKIOperation.resp.bin');
    const [open] = await inspectJson(message, '--key', vectorPath('b-rsa-ca', 'client-keys', 'm-k.pem'));
    expect(open).toMatchObject({ fields: { messageType: 'CertRep (3)', pkiStatus: 'SUCCESS' } });
    expect(open?.parts[1]?.parts).toMatchObject([
      {
        kind: 'bundle',
        parts: [{ kind: 'certificate', fields: { subject: 'CN=mm1,OU=MDM,O=Contoso,C=US' } }],
      },
    ]);
    const [other] = await inspectJson(message, '--key', file('key.pem'));
    expect(other?.parts[1]?.fields['content']).toMatch(/^closed: The envelope does not open/);
  });

  it('tells a broken signature', async () => {
    const [found] = await inspectJson(vectorPath('f-synthetic', 'bad-sig.der'));
    expect(found?.fields['signature']).toMatch(/^DOES NOT VERIFY/);
  });

  it.each([
    ['029.sscep-getcert', 'issuer-and-serial'],
    ['031.sscep-getcrl', 'issuer-and-serial'],
    ['033.sscep-poll', 'issuer-and-subject'],
  ])('%s: shows what was asked', async (name, kind) => {
    const message = vectorPath('b-rsa-ca', `${name}.PKIOperation.req.der`);
    const [found] = await inspectJson(message, '--key', vectorPath('keys', 'b-ca-key.pem'));
    expect(found?.parts[1]?.parts[0]?.kind).toBe(kind);
  });

  it('shows GetCACert and certificates', async () => {
    const bundle = vectorPath('c-ec-ca-rsa-ra', '001.micromdm.GetCACert.resp.bin');
    expect(await inspectJson(bundle)).toMatchObject([
      {
        kind: 'bundle',
        parts: [
          {
            fields: { subject: 'CN=SCEP RA,O=ProtoScep,C=US', extendedKeyUsage: ['certificateRequestAgent'] },
          },
          {},
        ],
      },
    ]);
    expect(await inspectJson(file('ca.pem'))).toMatchObject([{ kind: 'certificate', fields: { ca: 'yes' } }]);
  });

  it('shows a CRL and OCSP as OpenSSL makes them', async () => {
    expect(await inspectJson(file('crl.pem'))).toMatchObject([
      {
        kind: 'crl',
        fields: {
          issuer: 'CN=Test CA',
          number: '05',
          entries: ['0A0B 2026-11-22T12:00:00.000Z keyCompromise'],
        },
      },
    ]);
    const [request] = await inspectJson(file('request.der'));
    expect(request).toMatchObject({ kind: 'ocsp-request' });
    expect(request?.fields['asks for']).toEqual([expect.stringMatching(/^0A0B of issuer key/)]);
    const [response] = await inspectJson(file('response.der'));
    expect(response).toMatchObject({ kind: 'ocsp-response', fields: { status: 'successful' } });
    expect(response?.fields['answers']).toEqual([
      expect.stringContaining('revoked 2026-11-22T12:00:00.000Z keyCompromise'),
    ]);
  });
});

describe('skep inspect refuses', () => {
  it.each<[string, string[], number, string]>([
    ['a private key', ['key.pem'], 1, 'private key'],
    ['noise', ['noise.bin'], 1, 'none of'],
    ['a missing file', ['absent'], 2, 'cannot read'],
    ['a key that is none', ['csr.der', '--key', 'csr.pem'], 2, 'not a private key'],
  ])('%s', async (_, args, exitCode, words) => {
    const result = await runSkep(['inspect', ...args.map((arg) => (arg.startsWith('--') ? arg : file(arg)))]);
    expect(result).toMatchObject({ exitCode, out: '' });
    expect(result.err).toContain(words);
    expect(result.err).toContain('Next:');
    expect(result.err).not.toContain(readFileSync(file('key.pem'), 'latin1').slice(40, 80));
  });
});
