import { expect, it } from 'vitest';
import { readSignedData } from '../../../dev/scep-client/index.js';
import { SkepError } from '../../../lib/base/errors.js';
import { createNextCaAnswer } from '../../../lib/enrollment/next-ca.js';
import type { Authority } from '../../../lib/keys/authority.js';
import type { Signer } from '../../../lib/keys/signer.js';
import { keyUsage } from '../../../lib/pki/extensions.js';
import { createTestAuthority, issueLeaf, testAuthority } from '../../support/test-authority.js';

const clock = { now: () => new Date('2026-11-22T12:00:00Z') };

/** An authority whose parts may change, and how often its CA key was used. */
async function createSource(changes: (own: Authority) => Partial<Authority> = () => ({})) {
  const { authority } = await testAuthority('rsa');
  let uses = 0;
  const sign: Signer['sign'] = (data, algorithm) => {
    uses += 1;
    return authority.issuer.signer.sign(data, algorithm);
  };
  const { issuer } = authority;
  const counted: Authority = {
    ...authority,
    issuer: { ...issuer, signer: { ...issuer.signer, sign } },
    next: [issuer.certificate],
  };
  const state = { current: { ...counted, ...changes(counted) } };
  const answer = createNextCaAnswer({ authority: () => Promise.resolve(state.current), clock });
  return { state, answer, uses: () => uses };
}

const signersOf = (answer: Uint8Array | undefined) => readSignedData(answer ?? new Uint8Array()).signers;

it('uses the CA key once, however often and however many ask', async () => {
  const { answer, uses, state } = await createSource();
  const [first] = await Promise.all([answer(), answer(), answer()]);
  expect(signersOf(first)).toHaveLength(2);
  // Read anew from time to time, with the same contents.
  state.current = { ...state.current };
  expect(await answer()).toEqual(first);
  expect(uses()).toBe(1);
});

it.each(['next CA', 'RA'])('is signed anew for another %s', async (changed) => {
  const { answer, uses, state } = await createSource();
  const first = await answer();
  const other = (await createTestAuthority('rsa')).authority;
  state.current = {
    ...state.current,
    ...(changed === 'RA' ? { recipients: other.recipients } : { next: [other.issuer.certificate] }),
  };
  expect(await answer()).not.toEqual(first);
  expect(uses()).toBe(2);
});

it('is nothing again when the announcement was taken back', async () => {
  const { answer, state } = await createSource();
  await answer();
  const { next: _cancelled, ...without } = state.current;
  state.current = without;
  expect(await answer()).toBeUndefined();
});

it('leaves the signature to the RA where the CA certificate does not allow it', async () => {
  const { answer, uses } = await createSource();
  expect(uses()).toBe(0);
  const silent = await createSource(({ issuer }) => ({ issuer }));
  const certificate = await issueLeaf(silent.state.current.issuer, {
    publicKey: silent.state.current.issuer.signer.publicKey,
    extensions: [keyUsage(['keyCertSign', 'cRLSign'])],
  });
  silent.state.current = {
    ...silent.state.current,
    issuer: { ...silent.state.current.issuer, certificate },
  };
  const used = silent.uses();
  expect(signersOf(await silent.answer())).toHaveLength(1);
  expect(silent.uses()).toBe(used);
  expect(signersOf(await answer())).toHaveLength(2);
});

it('tries again after a failure', async () => {
  const failures = [new SkepError('ERR_SIGNER_THROTTLED')];
  const { answer } = await createSource(({ issuer }) => ({
    issuer: {
      ...issuer,
      signer: {
        ...issuer.signer,
        sign(data, algorithm) {
          const failure = failures.pop();
          return failure ? Promise.reject(failure) : issuer.signer.sign(data, algorithm);
        },
      },
    },
  }));
  await expect(answer()).rejects.toMatchObject({ code: 'ERR_SIGNER_THROTTLED' });
  expect(signersOf(await answer())).toHaveLength(2);
});
