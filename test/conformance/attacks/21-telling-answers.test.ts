/** Attack 21: tuning a request by the answers. Every refusal of policy, challenge or Intune sounds the same. */
import { expect, it } from 'vitest';
import type { ErrorCode } from '../../../lib/base/error-codes.js';
import { createProfile } from '../../../lib/issuance/profile.js';
import { expectAlert } from '../../support/alert.js';
import {
  CHALLENGE,
  createBench,
  grantingIntune,
  intuneEndpoint,
  OTHER_KEY,
  type MessageKnobs,
} from '../../support/scep-bench.js';

const USED = 'a challenge that was used';
const REFUSED_BY_INTUNE = 'a challenge that Intune refuses';
const EXPIRED = 'a challenge of yesterday';
const RULINGS = new Map([
  [REFUSED_BY_INTUNE, 'ERR_INTUNE_REFUSED'],
  [EXPIRED, 'ERR_INTUNE_EXPIRED'],
] as const) as ReadonlyMap<string, 'ERR_INTUNE_REFUSED' | 'ERR_INTUNE_EXPIRED'>;

const sid = 'tag:microsoft.com,2022-09-14:sid:S-1-5-18';
const REFUSED: Record<string, [ErrorCode, NonNullable<MessageKnobs['csr']>]> = {
  'a forbidden purpose': ['ERR_EXTENDED_KEY_USAGE', { extendedKeyUsage: ['2.5.29.37.0'] }],
  'a forbidden usage': ['ERR_KEY_USAGE', { keyUsage: ['cRLSign'] }],
  'a protected name': ['ERR_SAN', { subjectAltNames: [{ type: 'dns', value: 'dc.corp.example' }] }],
  'a security identifier': ['ERR_SAN', { subjectAltNames: [{ type: 'uri', value: sid }] }],
  'a bad subject': ['ERR_SUBJECT', { subject: `CN=${'x'.repeat(65)}` }],
  'no challenge': ['ERR_CHALLENGE_MISSING', { challenge: '' }],
  'a used challenge': ['ERR_CHALLENGE_REUSED', { key: OTHER_KEY, challenge: USED }],
  'what Intune refuses': ['ERR_INTUNE_REFUSED', { challenge: REFUSED_BY_INTUNE }],
  'what has expired': ['ERR_INTUNE_EXPIRED', { challenge: EXPIRED }],
};

it.each(Object.entries(REFUSED))('%s', async (_case, [code, csr]) => {
  const granting = grantingIntune();
  const profile = createProfile({ name: 'intune', protectedDomains: ['corp.example'] });
  const bench = await createBench({
    endpoints: () => [
      intuneEndpoint({
        profile,
        validator: {
          ...granting,
          validate: (request) => {
            const refusal = RULINGS.get(request.challenge ?? '');
            if (!refusal) return granting.validate(request);
            return Promise.resolve({ granted: false, code: refusal, detail: 'SubjectNameMismatch' });
          },
        },
      }),
    ],
  });
  await bench.ask(bench.build({ csr: { challenge: USED } }));
  const { outcome, message } = await bench.ask(bench.build({ csr }));
  expect(outcome).toBe('FAILURE badRequest');
  expect(message?.failInfoText).toBe('The request was refused.');
  // The log and the journal know better.
  expectAlert(bench, code, csr.challenge || CHALLENGE);
});
