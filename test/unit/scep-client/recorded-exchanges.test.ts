/** Every recorded request opens with the server's key, every recorded answer with the client's. */
import { describe, expect, it } from 'vitest';
import {
  decodePkiMessage,
  openEnvelope,
  readCaCertificates,
  readCertificate,
  readCertRep,
  readCsr,
  selectCaCertificates,
  verifyPkiMessage,
  type CertRep,
} from '../../../dev/scep-client/index.js';
import { readIssuerAndSerialNumber, readIssuerAndSubject } from '../../../dev/scep-client/query-data.js';
import { clientKeys, listExchanges, readKey, readPemCertificate, readVector } from './vectors.js';

const FOLDERS = [
  { folder: 'b-rsa-ca', key: 'b-ca-key.pem', recipient: 'b-ca-cert.pem' },
  { folder: 'c-ec-ca-rsa-ra', key: 'c-ra-key.pem', recipient: 'c-ra-cert.pem' },
];

const bundleOf = (folder: string) =>
  readCaCertificates({
    status: 200,
    contentType: folder === 'b-rsa-ca' ? 'application/x-x509-ca-cert' : 'application/x-x509-ca-ra-cert',
    body: readVector(folder, '001.micromdm.GetCACert.resp.bin'),
  });

describe.each(FOLDERS)('$folder', ({ folder, key, recipient }) => {
  const serverKey = readKey('keys', key);
  const serverCertificate = readCertificate(readPemCertificate('keys', recipient));
  const ca = selectCaCertificates(bundleOf(folder));
  const keys = clientKeys(folder);

  it('GetCACert holds the recipient', () => {
    expect(ca.encryption.thumbprint).toBe(serverCertificate.thumbprint);
    expect(ca.ca.isCa).toBe(true);
  });

  it.each(listExchanges(folder))('%s: request', (name) => {
    const request = decodePkiMessage(readVector(folder, `${name}.PKIOperation.req.der`));
    verifyPkiMessage(request);
    expect(request.transactionId).toBeTruthy();
    expect(request.senderNonce).toHaveLength(16);
    const data = openEnvelope(request.envelope ?? new Uint8Array(), serverKey, serverCertificate);
    const type = request.messageTypeName;
    if (type === 'CertPoll') {
      expect(readIssuerAndSubject(data).subject).toContain('CN=');
    } else if (type === 'GetCert' || type === 'GetCRL') {
      const { issuer, serialHex } = readIssuerAndSerialNumber(data);
      // sscep names the certificate it encrypts to as the issuer, even where that is the RA.
      expect([ca.ca.subject, ca.encryption.subject]).toContain(issuer);
      expect(serialHex).toMatch(/^[0-9A-F]+$/);
    } else {
      const csr = readCsr(data);
      expect(csr.isSignatureValid).toBe(true);
      // Some clients leave the challenge out when they renew.
      expect(['secret123', 'WRONG', undefined]).toContain(csr.challenge);
      if (name.includes('badpw')) expect(csr.challenge).toBe('WRONG');
    }
  });

  it.each(listExchanges(folder))('%s: answer', (name) => {
    const request = decodePkiMessage(readVector(folder, `${name}.PKIOperation.req.der`));
    const { signerCertificate, transactionId, senderNonce } = request;
    if (!signerCertificate || transactionId === undefined || !senderNonce) expect.unreachable('request');
    const signerKey = keys.get(Buffer.from(signerCertificate.spki).toString('hex'));
    const open = () =>
      readCertRep(readVector(folder, `${name}.PKIOperation.resp.bin`), {
        transactionId,
        senderNonce,
        ca,
        signerKey: signerKey ?? serverKey,
        signerCertificate,
      });
    const data = openEnvelope(request.envelope ?? new Uint8Array(), serverKey, serverCertificate);
    if (request.messageTypeName === 'PKCSReq' && readCsr(data).challenge === 'WRONG') {
      expect(open()).toMatchObject({ status: 'FAILURE', failInfo: 'badRequest' });
    } else if (signerKey) {
      expect(open().status).toBe('SUCCESS');
      const { certificates, crls } = (open() as Extract<CertRep, { status: 'SUCCESS' }>).payload;
      expect([certificates.length, crls.length]).toEqual(
        request.messageTypeName === 'GetCRL' ? [0, 1] : [1, 0],
      );
    } else {
      // Of jscep's keys only one was kept: the other answers pass every check and do not open.
      expect(name).toContain('jscep');
      expect(open).toThrow(expect.objectContaining({ code: 'ERR_CLIENT_UNDECRYPTABLE' }));
    }
  });
});

describe('f-synthetic', () => {
  const serverKey = readKey('keys', 'b-ca-key.pem');
  const open = (name: string) => {
    const message = decodePkiMessage(readVector('f-synthetic', `${name}.der`));
    verifyPkiMessage(message);
    return { message, csr: readCsr(openEnvelope(message.envelope ?? new Uint8Array(), serverKey)) };
  };

  it.each(['ok-nonce8', 'ok-oaep-sha1', 'ok-oaep-sha256', 'ok-tid-slash', 'bad-md5', 'bad-no-tid'])(
    '%s opens',
    (name) => {
      expect(open(name).csr).toMatchObject({ challenge: 'secret123', isSignatureValid: true });
    },
  );

  it.each([
    ['ok-windows-like', 2400],
    ['ok-windows-like-3des-sha1', 9],
  ])('%s reads as a Windows request', (name, challengeLength) => {
    const { message, csr } = open(name);
    expect(csr.challenge).toHaveLength(challengeLength);
    expect(message.signerCertificate?.subject).toBe('CN=SCEP Protocol Certificate');
  });

  it('tells the details', () => {
    expect(open('ok-nonce8').message.senderNonce).toHaveLength(8);
    expect(open('ok-tid-slash').message.transactionId).toContain('/');
    expect(open('bad-msgtype-99').message).toMatchObject({ messageType: 99, messageTypeName: undefined });
    expect(open('bad-csrsig').csr.isSignatureValid).toBe(false);
    expect(open('bad-challenge').csr.challenge).not.toBe('secret123');
    expect(open('bad-no-tid').message.transactionId).toBeUndefined();
  });

  it.each([
    ['bad-sig', 'ERR_CLIENT_SIGNATURE'],
    ['bad-content-digest', 'ERR_CLIENT_SIGNATURE'],
    ['bad-enckey', 'ERR_CLIENT_UNDECRYPTABLE'],
  ])('%s is refused', (name, code) => {
    expect(() => open(name)).toThrow(expect.objectContaining({ code }));
  });
});
