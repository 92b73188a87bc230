import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../lib/base/log.js';
import { systemRandom } from '../../../lib/base/random.js';
import type { Issuer } from '../../../lib/keys/authority.js';
import { signCaCertificate, signRaCertificate } from '../../../lib/keys/certificates.js';
import { createLocalDecrypter, createLocalSigner } from '../../../lib/keys/local-key.js';
import { createRaLife } from '../../../lib/keys/ra-certificate.js';
import type { RaVault } from '../../../lib/keys/ra-vault.js';
import { steppedClock } from './fixtures.js';

const clock = steppedClock('2026-03-01T12:00:00Z');
const random = systemRandom;
const ca = createLocalSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
const ra = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

async function makeIssuer(): Promise<Issuer> {
  const certificate = await signCaCertificate({ subject: 'CN=C', signer: ca, mode: 'ra', clock, random });
  return { certificate, signer: ca, algorithm: 'ES256' };
}

describe('an instance that looked too early', () => {
  it('gives up the version that it began when another one is finished meanwhile', async () => {
    const issuer = await makeIssuer();
    const signer = createLocalSigner(ra);
    const certificate = await signRaCertificate({ issuer, publicKey: signer.publicKey, clock, random });
    const calls: string[] = [];
    let finished = false;
    const vault: RaVault = {
      list: () => Promise.resolve(finished ? [{ version: 'other', since: clock.now() }] : []),
      open: () => Promise.resolve({ certificate, signer, decrypter: createLocalDecrypter(ra) }),
      begin: () => {
        finished = true;
        return Promise.resolve(true);
      },
      pending: () => Promise.reject(new Error('nobody should ask')),
      merge: () => Promise.reject(new Error('nobody should merge')),
      cancel: () => {
        calls.push('cancel');
        return Promise.resolve();
      },
    };
    const life = createRaLife({ vault, clock, random, log: silentLogger, wait: () => Promise.resolve() });
    const [first] = await life.load(issuer);
    expect(first.certificate).toEqual(certificate);
    expect(calls).toEqual(['cancel']);
  });

  it('says that it is busy when the other one does not finish and nothing is under way', async () => {
    const vault: RaVault = {
      list: () => Promise.resolve([]),
      open: () => Promise.reject(new Error('there is none')),
      begin: () => Promise.resolve(false),
      pending: () => Promise.resolve(undefined),
      merge: () => Promise.reject(new Error('nobody should merge')),
      cancel: () => Promise.reject(new Error('nobody should cancel')),
    };
    const life = createRaLife({ vault, clock, random, log: silentLogger, wait: () => Promise.resolve() });
    await expect(life.load(await makeIssuer())).rejects.toMatchObject({
      code: 'ERR_BUSY',
      retryAfterSeconds: 10,
    });
  });
});
