/** @module Steps a to h: from the base64 of the CSR to the plaintext of the challenge. */
import { fromHex } from '../../../lib/base/bytes.js';
import { decodeBase64, decodeStrictBase64 } from '../base64.js';
import { openEnvelope, verifyDetached } from '../challenge/cms.js';
import { digestChallenge } from '../challenge/mint.js';
import { parseInner } from '../challenge/inner.js';
import { parseOuter } from '../challenge/outer.js';
import { refuse } from '../codes.js';
import type { ChallengeKeys } from '../model.js';
import type { SimulatorState } from '../state.js';
import { parseRequest } from './csr.js';
import { known, type Check } from './draft.js';

/** The service has one set of keys for everybody; whose challenge it is comes out in step i. */
function allKeys(state: SimulatorState): ChallengeKeys[] {
  return [...state.tenants.values()].flatMap((tenant) => [tenant.keys, ...tenant.previousKeys]);
}

export const OPENING: readonly Check[] = [
  {
    step: 'a',
    name: 'the request decodes',
    run: (draft) => {
      const der = decodeStrictBase64(draft.certificateRequest);
      const csr = der && parseRequest(der, draft.state.switches.firstAttributeOnly);
      if (!csr) return refuse('CertificateRequestDecodingFailed', 'The certificate request is not PKCS#10.');
      draft.csr = csr;
      return undefined;
    },
  },
  {
    step: 'a',
    name: 'the request is signed with its key',
    run: async (draft) => {
      if (!draft.state.switches.checkRequestSignature || (await known(draft.csr).verifySignature()))
        return undefined;
      return refuse('CertificateRequestDecodingFailed', "The certificate request's signature is wrong.");
    },
  },
  {
    step: 'b',
    name: 'there is one challenge',
    run: (draft) => {
      const [challenge, second] = known(draft.csr).challengePasswords;
      if (!challenge || second !== undefined)
        return refuse(
          'ChallengePasswordMissing',
          'The request does not hold exactly one challenge password.',
        );
      draft.challenge = challenge;
      draft.challengeDigest = digestChallenge(challenge);
      return undefined;
    },
  },
  {
    step: 'c',
    name: 'the challenge is base64',
    run: (draft) => {
      const bytes = decodeBase64(known(draft.challenge));
      if (!bytes) return refuse('ChallengeDecodingError', 'The challenge is not base64.');
      draft.xml = Buffer.from(bytes).toString('utf8');
      return undefined;
    },
  },
  {
    step: 'd',
    name: 'the token has its elements',
    run: (draft) => {
      const outer = parseOuter(known(draft.xml));
      const sealed = outer && decodeBase64(outer.certEnrollChallenge);
      if (!sealed) return refuse('ChallengeDeserializationError', 'The challenge is not a CertEnrollToken.');
      draft.outer = outer;
      draft.sealed = sealed;
      return undefined;
    },
  },
  {
    step: 'e',
    name: 'the signer is ours',
    run: (draft) => {
      const claimed = known(draft.outer).signerThumbprint;
      const signer = allKeys(draft.state)
        .map(({ signing }) => signing)
        .find(({ thumbprint }) => thumbprint === claimed);
      if (!signer) return refuse('SigningCertThumbprintMismatch', 'The signing certificate is not known.');
      draft.signer = signer;
      return undefined;
    },
  },
  {
    step: 'f',
    name: 'the signature verifies',
    run: async (draft) => {
      const signature = fromHex(known(draft.outer).signature);
      if (await verifyDetached(signature, known(draft.sealed), known(draft.signer))) return undefined;
      return refuse('SignatureValidationFailed', 'The signature of the challenge does not verify.');
    },
  },
  {
    step: 'g',
    name: 'the challenge decrypts',
    run: async (draft) => {
      for (const { encryption } of allKeys(draft.state)) {
        const plaintext = await openEnvelope(known(draft.sealed), encryption);
        if (plaintext) {
          draft.plaintext = plaintext;
          return undefined;
        }
      }
      return refuse('ChallengeDecryptionError', 'The challenge does not decrypt.');
    },
  },
  {
    step: 'h',
    name: 'the inner document reads',
    run: (draft) => {
      const inner = parseInner(known(draft.plaintext));
      if (!inner)
        return refuse('ChallengeDeserializationError', 'The content of the challenge does not read.');
      draft.inner = inner;
      return undefined;
    },
  },
];
