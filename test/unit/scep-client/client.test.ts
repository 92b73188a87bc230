import { beforeAll, describe, expect, it } from 'vitest';
import {
  createScepClient,
  createSelfSignedCertificate,
  createSignerIdentity,
  encodeDegenerate,
  generateRsaKey,
  keyUsageExtension,
  readCertificate,
  selectCaCertificates,
  type Certificate,
  type ScepClientError,
  type SignerIdentity,
} from '../../../dev/scep-client/index.js';
import { readIssuerAndSerialNumber, readIssuerAndSubject } from '../../../dev/scep-client/query-data.js';
import {
  createFakeAuthority,
  createFakeServer,
  emptyCrl,
  issue,
  type Answer,
  type FakeAuthority,
  type FakeServerOptions,
} from './fake-scep-server.js';
import { readPemCertificate } from './vectors.js';

const URL_ = 'http://127.0.0.1/scep';
const SUBJECT = 'CN=dev-1,O=Contoso';
const clock = { now: () => new Date('2026-11-22T12:00:00Z') };

const random = (length: number) => Buffer.alloc(length, 7);

let authority: FakeAuthority;
let identity: SignerIdentity;

beforeAll(async () => {
  authority = await createFakeAuthority();
  identity = createSignerIdentity(await generateRsaKey(), SUBJECT, clock.now());
});

const setUp = (options: FakeServerOptions = {}, method: 'auto' | 'GET' | 'POST' = 'auto') => {
  const server = createFakeServer(authority, options);
  return { server, client: createScepClient({ url: URL_, fetch: server.fetch, clock, method, random }) };
};
const enroll = (client: ReturnType<typeof setUp>['client']) =>
  client.enroll({ subject: SUBJECT, key: identity.key, challenge: 'secret' });

describe('enroll', () => {
  it('asks, encloses the challenge, and takes the certificate', async () => {
    const { server, client } = setUp();
    const result = await enroll(client);
    expect(result.status === 'SUCCESS' && result.certificate).toMatchObject({
      subject: SUBJECT,
      issuer: 'CN=Fake CA',
      serialHex: '900DCAFE',
    });
    expect(server.log).toEqual([
      'GET /scep?operation=GetCACaps',
      'GET /scep?operation=GetCACert',
      'POST /scep?operation=PKIOperation',
    ]);
    expect(server.requests[0]).toMatchObject({ challenge: 'secret', isSignatureValid: true });
    expect(server.messages[0]).toMatchObject({ messageTypeName: 'PKCSReq' });
    expect(server.messages[0]?.signer.digest).toBe('sha256');
  });

  it('goes by GET where POST is not offered, and falls back to older algorithms', async () => {
    const { server, client } = setUp({ capabilities: 'DES3\r\nSHA-1' });
    expect((await enroll(client)).status).toBe('SUCCESS');
    expect(server.log[2]).toMatch(/^GET \/scep\?operation=PKIOperation&message=MI/);
    expect(server.messages[0]?.signer.digest).toBe('sha1');
  });

  it('gives a refusal as a result', async () => {
    const { client } = setUp({
      answer: () => ({
        pkiStatus: 'FAILURE',
        failInfo: 'badRequest',
        failInfoText: 'no',
        envelope: new Uint8Array(),
      }),
    });
    expect(await enroll(client)).toEqual({ status: 'FAILURE', failInfo: 'badRequest', failInfoText: 'no' });
  });

  it('polls for what is pending, under the same transactionID', async () => {
    let polled: unknown;
    const { server, client } = setUp({
      answer: (message, data) => {
        if (message.messageTypeName !== 'CertPoll')
          return { pkiStatus: 'PENDING', envelope: new Uint8Array() };
        polled = readIssuerAndSubject(data);
        const { subjectDer, spki } = identity.certificate;
        return { messageData: encodeDegenerate([issue(authority, subjectDer, spki)]) };
      },
    });
    const pending = await enroll(client);
    if (pending.status !== 'PENDING') expect.unreachable(pending.status);
    expect((await client.poll(pending.ticket)).status).toBe('SUCCESS');
    expect(polled).toEqual({ issuer: 'CN=Fake CA', subject: SUBJECT });
    expect(server.messages[1]?.transactionId).toBe(server.messages[0]?.transactionId);
  });
});

describe('renew', () => {
  it('signs with the old certificate for a new key', async () => {
    const { server, client } = setUp();
    const { subjectDer, spki } = identity.certificate;
    const old = readCertificate(issue(authority, subjectDer, spki));
    const result = await client.renew({ subject: SUBJECT, signer: { key: identity.key, certificate: old } });
    expect(result.status).toBe('SUCCESS');
    expect(server.messages[0]?.messageTypeName).toBe('RenewalReq');
    expect(server.messages[0]?.signerCertificate?.thumbprint).toBe(old.thumbprint);
    expect(Buffer.from(server.requests[0]?.spki ?? [])).not.toEqual(Buffer.from(spki));
  });
});

describe('queries', () => {
  it('gets a certificate and a CRL by serial number', async () => {
    const asked: unknown[] = [];
    const crl = emptyCrl(authority);
    const { client } = setUp({
      answer: (message, data) => {
        asked.push([message.messageTypeName, readIssuerAndSerialNumber(data)]);
        const { subjectDer, spki } = identity.certificate;
        const held = issue(authority, subjectDer, spki);
        return {
          messageData:
            message.messageTypeName === 'GetCRL' ? encodeDegenerate([], [crl]) : encodeDegenerate([held]),
        };
      },
    });
    const serial = Buffer.from('900dcafe', 'hex');
    expect(await client.getCert(identity, serial)).toMatchObject({ subject: SUBJECT });
    expect(Buffer.from((await client.getCrl(identity, serial)) as Uint8Array)).toEqual(Buffer.from(crl));
    const named = { issuer: 'CN=Fake CA', serialHex: '900DCAFE' };
    expect(asked).toEqual([
      ['GetCert', named],
      ['GetCRL', named],
    ]);
  });
});

describe('a bad answer', () => {
  const other = () => createSignerIdentity(identity.key, 'CN=Mallory', clock.now());
  const held = (...certificates: Certificate[]): Answer => ({
    messageData: encodeDegenerate(certificates.map(({ der }) => der)),
  });

  it.each<[string, string, () => Answer]>([
    ['another transaction', 'ERR_CLIENT_ANSWER', () => ({ transactionId: 'another' })],
    ['another nonce', 'ERR_CLIENT_ANSWER', () => ({ recipientNonce: Buffer.from('x') })],
    ['no nonce of its own', 'ERR_CLIENT_ANSWER', () => ({ senderNonce: undefined })],
    ['our own nonce', 'ERR_CLIENT_ANSWER', () => ({ senderNonce: random(16) })],
    ['another message type', 'ERR_CLIENT_ANSWER', () => ({ messageType: 'PKCSReq' })],
    ['no envelope', 'ERR_CLIENT_ANSWER', () => ({ envelope: new Uint8Array() })],
    ['an envelope in a refusal', 'ERR_CLIENT_ANSWER', () => ({ pkiStatus: 'FAILURE', failInfo: 'badAlg' })],
    ['a broken signature', 'ERR_CLIENT_SIGNATURE', () => ({ corrupt: 'signature' })],
    ['a changed content', 'ERR_CLIENT_SIGNATURE', () => ({ corrupt: 'content' })],
    [
      'a stranger’s signature',
      'ERR_CLIENT_SIGNATURE',
      () => ({ signerKey: identity.key, signerCertificate: other().certificate }),
    ],
    [
      'a stranger as the recipient',
      'ERR_CLIENT_UNDECRYPTABLE',
      () => ({ recipients: [authority.certificate] }),
    ],
    ['two certificates', 'ERR_CLIENT_CERTIFICATE', () => held(authority.certificate, authority.certificate)],
    ['another key', 'ERR_CLIENT_CERTIFICATE', () => held(authority.certificate)],
    ['a certificate of nobody’s', 'ERR_CLIENT_UNTRUSTED', () => held(other().certificate)],
  ])('%s is refused', async (_, code, answer) => {
    const { client } = setUp({ answer });
    await expect(enroll(client)).rejects.toMatchObject({ code });
  });

  it('with our own nonce passes where that is allowed', async () => {
    const { fetch } = createFakeServer(authority, { answer: () => ({ senderNonce: random(16) }) });
    const client = createScepClient({ url: URL_, fetch, clock, random, allowEchoedNonce: true });
    expect((await enroll(client)).status).toBe('SUCCESS');
  });

  it('by HTTP is told with its status', async () => {
    const { client } = setUp({ statuses: [503] });
    await expect(enroll(client)).rejects.toMatchObject({ code: 'ERR_CLIENT_HTTP', httpStatus: 503 });
  });

  it('of another content type is refused', async () => {
    const { client } = setUp({ caContentType: 'text/html' });
    await expect(enroll(client)).rejects.toMatchObject({ code: 'ERR_CLIENT_CONTENT_TYPE' });
  });
});

describe('selectCaCertificates', () => {
  const ca = readCertificate(readPemCertificate('keys', 'c-ca-cert.pem'));
  const ra = readCertificate(readPemCertificate('keys', 'c-ra-cert.pem'));

  it.each([[[ra, ca]], [[ca, ra]]])('finds the RA in either order', (all) => {
    const selected = selectCaCertificates(all);
    expect([selected.ca.subject, selected.encryption.subject]).toEqual([ca.subject, ra.subject]);
    expect(selected.signers.map(({ subject }) => subject)).toEqual([ra.subject, ca.subject]);
  });

  it('checks the pin, the RA and the kind of key', () => {
    expect(selectCaCertificates([ra, ca], { caThumbprint: ca.thumbprint.toLowerCase() }).ca).toBe(ca);
    const refused = (all: Certificate[], options = {}) => {
      try {
        return selectCaCertificates(all, options).encryption.subject;
      } catch (thrown) {
        return (thrown as ScepClientError).code;
      }
    };
    const signOnly = readCertificate(
      createSelfSignedCertificate({
        key: identity.key,
        subject: 'CN=Sign-only CA',
        notBefore: clock.now(),
        notAfter: clock.now(),
        extensions: [keyUsageExtension(['keyCertSign', 'cRLSign'])],
      }),
    );
    expect(refused([ra, ca], { caThumbprint: '00'.repeat(20) })).toBe('ERR_CLIENT_THUMBPRINT');
    expect(refused([ra, authority.certificate])).toBe('ERR_CLIENT_UNTRUSTED');
    expect(refused([ca])).toBe('ERR_CLIENT_NO_RECIPIENT');
    expect(refused([])).toBe('ERR_CLIENT_NO_RECIPIENT');
    expect(refused([signOnly])).toBe('CN=Sign-only CA');
    expect(refused([signOnly], { strictKeyUsage: true })).toBe('ERR_CLIENT_NO_RECIPIENT');
  });
});
