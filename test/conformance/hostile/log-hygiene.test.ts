/** No challenge in any log line, journal entry or answer, whatever fails and at whatever level is logged. */
import { describe, expect, it } from 'vitest';
import { SkepError } from '../../../lib/base/errors.js';
import type { Endpoint } from '../../../lib/enrollment/service.js';
import { printableString } from '../../../lib/pki/der.js';
import { OID } from '../../../dev/scep-client/index.js';
import { attribute } from '../../support/request-builder.js';
import { staticEndpoint } from '../../support/test-service.js';
import {
  createBench,
  intuneEndpoint,
  leaksOf,
  OTHER_KEY,
  type Bench,
  type MessageKnobs,
} from '../../support/scep-bench.js';

const SECRET = 'PENlcnRFbnJvbGxUb2tlbj48RGF0YT4tbm90LWEtcmVhbC1vbmUtYnV0LXNlY3JldA==';
const secret = { challenge: SECRET };

const KNOBS: Record<string, MessageKnobs> = {
  'a good request': { csr: secret },
  'an unreadable one': { csr: { ...secret, extraAttributes: [Uint8Array.of(1, 2, 3)] } },
  'a challenge that stands twice': {
    csr: { ...secret, extraAttributes: [attribute(OID.challengePassword, printableString(SECRET))] },
  },
  'a wrong signature': { csr: { ...secret, signWith: OTHER_KEY } },
  'a forbidden key usage': { csr: { ...secret, keyUsage: ['keyCertSign'] } },
  'a forbidden name': {
    csr: {
      ...secret,
      subjectAltNames: [{ type: 'uri', value: 'tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-4' }],
    },
  },
  'an unknown type': { csr: secret, messageType: 99 },
  'a poll': { csr: secret, messageType: 'CertPoll' },
  'a damaged message': { csr: secret, corrupt: 'signature' },
};

const refusal = { granted: false, code: 'ERR_INTUNE_REFUSED', detail: 'ChallengeExpired' } as const;
const outage = () => Promise.reject(new SkepError('ERR_VALIDATOR_UNAVAILABLE'));
const ENDPOINTS: Record<string, Partial<Endpoint>> = {
  granted: {},
  refused: { validator: { name: 'x', validate: () => Promise.resolve(refusal) } },
  unavailable: { validator: { name: 'x', validate: outage } },
  broken: { validator: { name: 'x', validate: () => Promise.reject(new Error('a bug')) } },
  unaccepted: {
    validator: {
      name: 'x',
      validate: () => Promise.resolve({ granted: true }),
      notifySuccess: () => Promise.resolve({ ...refusal, code: 'ERR_NOTIFICATION_REFUSED' }),
    },
  },
};

describe.each(Object.entries(ENDPOINTS))('validation: %s', (_name, overrides) => {
  it.each(Object.entries(KNOBS))('%s', async (_case, knobs) => {
    const bench = await createBench({ endpoints: () => [intuneEndpoint(overrides)] });
    await bench.ask(bench.build(knobs));
    await bench.ask(bench.build({ ...knobs, csr: { ...knobs.csr, key: OTHER_KEY } }));
    expect(bench.log.length).toBeGreaterThan(0);
    expect(leaksOf(bench, SECRET)).toEqual([]);
  });
});

it('the static endpoint keeps its challenge to itself', async () => {
  const bench = await createBench({ endpoints: (parts) => [staticEndpoint(parts)] });
  await bench.ask(bench.build());
  await bench.ask(bench.build({ csr: { challenge: 'secret1234' } }));
  expect(leaksOf(bench, 'secret123')).toEqual([]);
});

it('would find it', async () => {
  const bench = await createBench();
  for (const line of [
    `a ${SECRET} b`,
    Buffer.from(`x${SECRET}y`).toString('base64'),
    Buffer.from(SECRET).toString('hex'),
  ]) {
    const fake = { ...bench, log: [{ level: 'info', line }] } as Bench;
    expect(leaksOf(fake, SECRET)).toHaveLength(1);
  }
});
