/** Every combination of algorithms that clients use, in DER and BER; the answer mirrors digest and cipher (section 2.9). */
import { constants, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readEnvelope, type CipherName, type DigestName } from '../../../dev/scep-client/index.js';
import { concat } from '../../../lib/base/bytes.js';
import { HASHES, type HashName } from '../../../lib/pki/algorithms.js';
import { context, integer, NULL, octetString, oid, sequence, TAG } from '../../../lib/pki/der.js';
import { OID } from '../../../lib/pki/oids.js';
import { expectAlert } from '../../support/alert.js';
import { changeSigner, takeApart, takeSignerApart } from '../../support/cms-surgery.js';
import { createBench, deviceCsr, DEVICE_KEY, issuedBy } from '../../support/scep-bench.js';

const DIGESTS = ['sha1', 'sha256', 'sha384', 'sha512'] as const satisfies readonly DigestName[];
const CIPHERS = ['aes128', 'aes192', 'aes256', 'des3'] as const satisfies readonly CipherName[];
const TRANSPORTS = ['pkcs1', 'oaep-sha1', 'oaep-sha256'] as const;
const PADDINGS = ['pkcs1', 'pss'] as const;
const ENCODINGS = ['DER', 'BER'] as const;

describe('all of them', async () => {
  const bench = await createBench();
  const messageData = deviceCsr();

  it.each(DIGESTS.flatMap((digest) => CIPHERS.map((cipher) => [digest, cipher] as const)))(
    '%s with %s',
    async (digest, cipher) => {
      for (const keyTransport of TRANSPORTS) {
        for (const padding of PADDINGS) {
          for (const encoding of ENCODINGS) {
            const knobs = { digest, cipher, keyTransport, padding, indefinite: encoding === 'BER' };
            const answer = await bench.ask(bench.build({ ...knobs, messageData }));
            expect(answer.outcome, JSON.stringify(knobs)).toBe('SUCCESS');
            expect(answer.message?.signer.digest).toBe(digest);
            expect(readEnvelope(answer.message?.envelope ?? new Uint8Array()).cipher).toBe(cipher);
            expect(issuedBy(answer).subject).toBe('CN=device');
          }
        }
      }
    },
  );
});

it.each(DIGESTS)('the CA’s own key answers over %s', async (digest) => {
  const bench = await createBench({ keys: 'b' });
  const answer = await bench.ask(bench.build({ digest, keyTransport: 'oaep-sha256' }));
  expect(answer.message?.signer.digest).toBe(digest);
});

it.each(DIGESTS)('a request that names %s with RSA in its SignerInfo verifies as well', async (digest) => {
  const bench = await createBench();
  expect((await bench.ask(bench.build({ digest, signatureOid: 'full' }))).outcome).toBe('SUCCESS');
});

it.each(['oaep-sha1', 'oaep-sha1-absent', 'oaep-sha1-explicit'] as const)('%s', async (keyTransport) => {
  const bench = await createBench();
  expect((await bench.ask(bench.build({ keyTransport }))).outcome).toBe('SUCCESS');
});

/** RSASSA-PSS over another hash than the message's digest. */
function signedOver(message: Uint8Array, hash: HashName): Uint8Array {
  const [own] = takeApart(message).signerInfos;
  const { signedAttributes } = takeSignerApart(own ?? message);
  const { oid: dotted, length: saltLength } = HASHES[hash];
  const algorithm = sequence(oid(dotted), NULL);
  const mask = sequence(oid(OID.mgf1), algorithm);
  const parameters = [context(0, algorithm), context(1, mask), context(2, integer(saltLength))];
  const octets = concat([Uint8Array.of(TAG.set), signedAttributes?.subarray(1) ?? new Uint8Array()]);
  const key = { key: DEVICE_KEY, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
  return changeSigner(message, {
    signatureAlgorithm: sequence(oid(OID.rsassaPss), sequence(...parameters)),
    signature: octetString(sign(hash, octets, key)),
  });
}

it('RSASSA-PSS is over the message’s own digest: nothing weaker hides there', async () => {
  const bench = await createBench();
  expect((await bench.ask(signedOver(bench.build(), 'sha256'))).outcome).toBe('SUCCESS');
  expect((await bench.ask(signedOver(bench.build(), 'md5'))).outcome).toBe('FAILURE badAlg');
  expectAlert(bench, 'ERR_SCEP_ALGORITHM');
});
