/**
 * Whoever captures an envelope can sign it anew, alter it and watch our answers (RFC 3218). So a key that does not
 * unwrap, a padding that is wrong and contents that cannot be read, or were not signed by their device, get one
 * answer, byte for byte but for nonce, time and signature; and queries have one as well, which is also the one for
 * "no such certificate": what they hold is no secret, but an attacker can say that his capture is one.
 */
import { createCipheriv, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  encodeName,
  OID,
  readEnvelope,
  sealEnvelope,
  type MessageTypeName,
} from '../../../dev/scep-client/index.js';
import { wrapKey } from '../../../dev/scep-client/key-transport.js';
import { issuerAndSerial } from '../../../dev/scep-client/envelope.js';
import {
  context,
  contextPrimitive,
  encode,
  integer,
  NULL,
  octetString,
  oid,
  readWhole,
  sequence,
  TAG,
} from '../../../lib/pki/der.js';
import { openVaultKey } from '../../../lib/keys/key-vault.js';
import { keyDefaults, startTestVault } from '../../support/vault.js';
import { VECTORS } from '../../support/vectors.js';
import { changeSigner, replaceBytes, takeApart, takeSignerApart } from '../../support/cms-surgery.js';
import { attribute, buildRequest } from '../../support/request-builder.js';
import {
  type Bench,
  CHALLENGE,
  createBench,
  deviceCsr,
  DEVICE_KEY,
  OTHER_KEY,
} from '../../support/scep-bench.js';

const bench = await createBench();
const recipients = [bench.ca.encryption];

/** The same RA key in a vault, which says to a wrong padding what Key Vault says: 400. */
const vault = await startTestVault();
const pem = readFileSync(join(VECTORS, 'keys', 'c-ra-key.pem'), 'utf8');
vault.createKey('ra', { kty: 'RSA', operations: ['sign', 'decrypt'], pem });
const inVault = await openVaultKey({ connection: vault.connection, name: 'ra', ...keyDefaults });
const decrypter = inVault.createDecrypter();
const vaultBench = await createBench({
  authority: (own) => ({ ...own, recipients: [{ ...own.recipients[0], decrypter }] }),
});
afterAll(() => vault.close());

const MODES = [
  ['the process', bench],
  ['a vault', vaultBench],
] as const;
const AES_128 = '2.16.840.1.101.3.4.1.2';

/** The answer without what must differ. */
async function answerTo(
  asked: Bench,
  envelope: Uint8Array,
  messageType: MessageTypeName = 'PKCSReq',
): Promise<string> {
  const { body, message } = await asked.ask(asked.build({ envelope, messageType }));
  const [signerInfo = new Uint8Array()] = takeApart(body).signerInfos;
  const { signature, signedAttributes = new Uint8Array() } = takeSignerApart(signerInfo);
  const attributes = replaceBytes(signedAttributes, message?.senderNonce ?? signature, Buffer.alloc(16));
  const stripped = changeSigner(body, {
    signedAttributes: attributes,
    signature: encode(0x04, Buffer.alloc(256)),
  });
  return Buffer.from(stripped).toString('hex');
}

/** An AES-128 envelope whose plaintext, padding included, and wrapped key are as given. */
function seal(padded: Uint8Array, options: { key?: Uint8Array; wrapped?: Uint8Array } = {}): Uint8Array {
  const key = options.key ?? randomBytes(16);
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-128-cbc', key.length === 16 ? key : randomBytes(16), iv).setAutoPadding(
    false,
  );
  const encrypted = Buffer.concat([cipher.update(padded), cipher.final()]);
  const transport = wrapKey(bench.ca.encryption.publicKey, key, 'pkcs1');
  const info = sequence(
    integer(0),
    issuerAndSerial(bench.ca.encryption),
    transport.algorithm,
    octetString(options.wrapped ?? transport.encryptedKey),
  );
  const content = sequence(
    oid(OID.data),
    sequence(oid(AES_128), octetString(iv)),
    contextPrimitive(0, encrypted),
  );
  return sequence(oid(OID.envelopedData), context(0, sequence(integer(0), encode(TAG.set, info), content)));
}

const pad = (plain: Uint8Array, octet?: number): Uint8Array => {
  const count = 16 - (plain.length % 16);
  return Buffer.concat([plain, Buffer.alloc(count, octet ?? count)]);
};

const csr = deviceCsr();
const modulusOctets = 256;
const garbled = Uint8Array.from(csr);
garbled[40] = (garbled[40] ?? 0) ^ 0x40;

const UNREADABLE: Record<string, Uint8Array> = {
  'a wrapped key of zeros': seal(pad(csr), { wrapped: Buffer.alloc(modulusOctets) }),
  'a wrapped key of chance': seal(pad(csr), { wrapped: Buffer.concat([Buffer.of(0), randomBytes(255)]) }),
  'a wrapped key above the modulus': seal(pad(csr), { wrapped: Buffer.alloc(modulusOctets, 0xff) }),
  'a wrapped key that is too short': seal(pad(csr), { wrapped: Buffer.alloc(100, 1) }),
  'no wrapped key': seal(pad(csr), { wrapped: new Uint8Array() }),
  'a content key of another length': seal(pad(csr), { key: randomBytes(24) }),
  'an empty content key': seal(pad(csr), { key: new Uint8Array() }),
  'a padding of zeros': seal(pad(csr, 0)),
  'a padding of 17': seal(pad(csr, 17)),
  'a padding that is not uniform': seal(Buffer.concat([pad(csr).subarray(0, -2), Buffer.of(9, 2)])),
  'no padding at all': seal(randomBytes(64)),
  'contents of chance': seal(pad(randomBytes(900))),
  'contents of nothing': seal(pad(new Uint8Array())),
  'a request that is cut': seal(pad(csr.subarray(0, 400))),
  'a request with something behind it': seal(pad(Buffer.concat([csr, Buffer.of(0)]))),
  'a request with a bit turned over': seal(pad(garbled)),
  'a request of another device': seal(pad(deviceCsr({ key: DEVICE_KEY, signWith: OTHER_KEY }))),
  'a request with an unknown signature algorithm': seal(
    pad(
      buildRequest({
        challenge: CHALLENGE,
        signature: { hash: 'sha224', identifier: sequence(oid('1.2.840.113549.1.1.14'), NULL) },
      }),
    ),
  ),
  'a request that says something twice': seal(
    pad(
      buildRequest({
        challenge: CHALLENGE,
        attributes: [attribute(OID.challengePassword, readWhole(NULL).bytes)],
      }),
    ),
  ),
};

describe.each(MODES)('a request that cannot be read, with the key in %s', (_where, asked) => {
  const expected = answerTo(bench, seal(pad(randomBytes(500))));

  it.each(Object.entries(UNREADABLE))('%s', async (_case, envelope) => {
    expect(await answerTo(asked, envelope)).toBe(await expected);
    expect(asked.store.records.size).toBe(0);
  });

  it('the same for OAEP', async () => {
    const sealed = sealEnvelope(csr, { recipients, keyTransport: 'oaep-sha256' });
    const wrapped = readEnvelope(sealed).recipients[0]?.encryptedKey ?? new Uint8Array();
    for (const bad of [Buffer.alloc(modulusOctets), Buffer.concat([Buffer.of(0), randomBytes(255)])]) {
      expect(await answerTo(asked, replaceBytes(sealed, wrapped, bad))).toBe(await expected);
    }
  });

  it('the same damage has the same answer, time after time', async () => {
    const envelope = seal(pad(csr), { wrapped: Buffer.alloc(modulusOctets, 1) });
    expect(await answerTo(asked, envelope)).toBe(await answerTo(asked, envelope));
  });
});

describe.each(['CertPoll', 'GetCert', 'GetCRL'] as const)('a query: %s', (messageType) => {
  const unknown = sequence(
    encodeName('CN=Another CA'),
    messageType === 'CertPoll' ? encodeName('CN=x') : integer(1),
  );
  const expected = answerTo(bench, seal(pad(unknown)), messageType);

  it.each([...Object.entries(UNREADABLE), ['a good request', seal(pad(csr))] as const])(
    '%s',
    async (_case, envelope) => {
      for (const [, asked] of MODES)
        expect(await answerTo(asked, envelope, messageType)).toBe(await expected);
    },
  );
});
