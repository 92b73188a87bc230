/** Every combination of algorithms that clients use, in DER and BER; the answer mirrors digest and cipher (section 2.9). */
import { describe, expect, it } from 'vitest';
import { readEnvelope, type CipherName, type DigestName } from '../../../dev/scep-client/index.js';
import { createBench, deviceCsr, issuedBy } from '../../support/scep-bench.js';

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
