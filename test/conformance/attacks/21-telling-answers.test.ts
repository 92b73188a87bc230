/** Attack 21: tuning a request by the answers. Every refusal of policy, challenge or Intune sounds the same. */
import { expect, it } from 'vitest';
import { createProfile } from '../../../lib/issuance/profile.js';
import {
  createBench,
  grantingIntune,
  intuneEndpoint,
  OTHER_KEY,
  type MessageKnobs,
} from '../../support/scep-bench.js';

const REFUSED: Record<string, MessageKnobs['csr']> = {
  'a forbidden purpose': { extendedKeyUsage: ['2.5.29.37.0'] },
  'a forbidden usage': { keyUsage: ['cRLSign'] },
  'a protected name': { subjectAltNames: [{ type: 'dns', value: 'dc.corp.example' }] },
  'a security identifier': {
    subjectAltNames: [{ type: 'uri', value: 'tag:microsoft.com,2022-09-14:sid:S-1-5-18' }],
  },
  'a bad subject': { subject: `CN=${'x'.repeat(65)}` },
  'no challenge': { challenge: '' },
  'a used challenge': { key: OTHER_KEY, challenge: 'used' },
  'what Intune refuses': { challenge: 'refused' },
  'what has expired': { challenge: 'expired' },
};

it.each(Object.entries(REFUSED))('%s', async (_case, csr = {}) => {
  const granting = grantingIntune();
  const profile = createProfile({ name: 'intune', protectedDomains: ['corp.example'] });
  const bench = await createBench({
    endpoints: () => [
      intuneEndpoint({
        profile,
        validator: {
          ...granting,
          validate: (request) => {
            const code = request.challenge === 'expired' ? 'ERR_INTUNE_EXPIRED' : 'ERR_INTUNE_REFUSED';
            if (request.challenge === 'expired' || request.challenge === 'refused')
              return Promise.resolve({ granted: false, code, detail: 'SubjectNameMismatch' });
            return granting.validate(request);
          },
        },
      }),
    ],
  });
  await bench.ask(bench.build({ csr: { challenge: 'used' } }));
  const { outcome, message } = await bench.ask(bench.build({ csr }));
  expect(outcome).toBe('FAILURE badRequest');
  expect(message?.failInfoText).toBe('The request was refused.');
  // The log and the journal know better.
  expect(bench.journal.at(-1)?.code).toMatch(/^ERR_/);
});
