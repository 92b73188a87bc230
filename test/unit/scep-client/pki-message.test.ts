/** Every combination of algorithms goes there and back, and OpenSSL reads what we write. */
import { spawnSync } from 'node:child_process';
import type { KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CIPHER_NAMES,
  createCsr,
  createSignerIdentity,
  decodePkiMessage,
  DIGEST_NAMES,
  encodePkiMessage,
  exportPrivateKey,
  generateRsaKey,
  KEY_TRANSPORT_NAMES,
  openEnvelope,
  readEnvelope,
  toPem,
  verifyPkiMessage,
  type Certificate,
} from '../../../dev/scep-client/index.js';
import type { PkiMessageOptions } from '../../../dev/scep-client/pki-message.js';
import { createFakeAuthority, type FakeAuthority } from './fake-scep-server.js';

const folder = mkdtempSync(path.join(tmpdir(), 'scep-client-'));
const file = (name: string) => path.join(folder, name);
let authority: FakeAuthority;
let key: KeyObject;
let certificate: Certificate;
let csr: Uint8Array;

beforeAll(async () => {
  authority = await createFakeAuthority();
  key = await generateRsaKey();
  ({ certificate } = createSignerIdentity(key, 'CN=dev-1', new Date()));
  csr = createCsr({ key, subject: 'CN=dev-1', challenge: 'x'.repeat(3000) });
  writeFileSync(file('ca.pem'), toPem('CERTIFICATE', authority.certificate.der));
  writeFileSync(file('ca.key.pem'), exportPrivateKey(authority.key));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const message = (options: Partial<PkiMessageOptions> = {}) =>
  encodePkiMessage({
    messageType: 'PKCSReq',
    transactionId: 'a/b+c=',
    senderNonce: Buffer.from('0123456789abcdef'),
    messageData: csr,
    recipients: [authority.certificate],
    signerKey: key,
    signerCertificate: certificate,
    ...options,
  });

function openssl(...args: string[]): Buffer {
  const { status, stdout, stderr } = spawnSync('openssl', args, { maxBuffer: 1 << 24 });
  if (status !== 0) expect.unreachable(stderr.toString());
  return stdout;
}

const combinations = DIGEST_NAMES.flatMap((digest) =>
  (['pkcs1', 'pss'] as const).flatMap((padding) =>
    [false, true].map((indefinite) => ({ digest, padding, indefinite })),
  ),
);

describe('signing', () => {
  it.each(combinations)('$digest, $padding, indefinite $indefinite', ({ digest, padding, indefinite }) => {
    const bytes = message({ digest, padding, indefinite });
    const decoded = decodePkiMessage(bytes);
    expect(decoded).toMatchObject({ messageTypeName: 'PKCSReq', transactionId: 'a/b+c=' });
    expect(decoded.signer.digest).toBe(digest);
    verifyPkiMessage(decoded);
    expect(Buffer.from(openEnvelope(decoded.envelope ?? new Uint8Array(), authority.key))).toEqual(
      Buffer.from(csr),
    );
    writeFileSync(file('message.der'), bytes);
    const verify = ['cms', '-verify', '-noverify', '-binary', '-inform', 'DER', '-in', file('message.der')];
    expect(openssl(...verify)).toEqual(Buffer.from(decoded.envelope ?? []));
  });

  it('names rsaEncryption unless asked for the long name', () => {
    const oidOf = (options: Partial<PkiMessageOptions>) =>
      decodePkiMessage(message(options)).signer.signatureAlgorithm.algorithmId;
    expect(oidOf({})).toBe('1.2.840.113549.1.1.1');
    expect(oidOf({ signatureOid: 'full' })).toBe('1.2.840.113549.1.1.11');
  });

  it('can be broken on purpose', () => {
    for (const corrupt of ['signature', 'content'] as const) {
      expect(() => {
        verifyPkiMessage(decodePkiMessage(message({ corrupt })));
      }).toThrow(expect.objectContaining({ code: 'ERR_CLIENT_SIGNATURE' }));
    }
  });

  it('can leave things out and write any number', () => {
    const decoded = decodePkiMessage(
      message({ transactionId: undefined, senderNonce: undefined, messageType: 99, sortAttributes: false }),
    );
    expect(decoded).toMatchObject({ transactionId: undefined, senderNonce: undefined, messageType: 99 });
    verifyPkiMessage(decoded);
  });
});

describe('sealing', () => {
  const seals = CIPHER_NAMES.flatMap((cipher) =>
    KEY_TRANSPORT_NAMES.flatMap((keyTransport) =>
      [false, true].map((indefinite) => ({ cipher, keyTransport, indefinite })),
    ),
  );

  it.each(seals)('$cipher, $keyTransport, indefinite $indefinite', ({ cipher, keyTransport, indefinite }) => {
    const { envelope } = decodePkiMessage(message({ cipher, keyTransport, indefinite }));
    if (!envelope) expect.unreachable('no envelope');
    expect(readEnvelope(envelope)).toMatchObject({ cipher, contentType: '1.2.840.113549.1.7.1' });
    expect(Buffer.from(openEnvelope(envelope, authority.key, authority.certificate))).toEqual(
      Buffer.from(csr),
    );
    // OpenSSL 3 keeps single DES in a provider that is not loaded, and takes no OAEP without parameters.
    if (cipher === 'des' || keyTransport === 'oaep-sha1-absent') return;
    writeFileSync(file('envelope.der'), envelope);
    const decrypt = ['cms', '-decrypt', '-binary', '-inform', 'DER', '-in', file('envelope.der')];
    const recipient = ['-recip', file('ca.pem'), '-inkey', file('ca.key.pem')];
    expect(openssl(...decrypt, ...recipient)).toEqual(Buffer.from(csr));
  });

  it('does not open for anybody else', () => {
    const { envelope } = decodePkiMessage(message());
    const refused = expect.objectContaining({ code: 'ERR_CLIENT_UNDECRYPTABLE' }) as Error;
    expect(() => openEnvelope(envelope ?? new Uint8Array(), key)).toThrow(refused);
    expect(() => openEnvelope(envelope ?? new Uint8Array(), authority.key, certificate)).toThrow(refused);
  });

  it('prints under OpenSSL with its attributes', () => {
    writeFileSync(file('printed.der'), message());
    const text = openssl('cms', '-cmsout', '-print', '-noout', '-inform', 'DER', '-in', file('printed.der'));
    expect(text.toString()).toContain('2.16.840.1.113733.1.9.7');
    expect(text.toString()).toContain('a/b+c=');
  });
});
