/** Attack 2: one challenge, several keys or requests. The first takes all; the same again gets the same. */
import { describe, expect, it } from 'vitest';
import { sealEnvelope } from '../../../dev/scep-client/index.js';
import { SkepError } from '../../../lib/base/errors.js';
import {
  CHALLENGE,
  createBench,
  createCalls,
  deviceCsr,
  grantingIntune,
  intuneEndpoint,
  issuedBy,
  leaksOf,
  linesWith,
  OTHER_KEY,
  selfSigned,
} from '../../support/scep-bench.js';
import { eventsOf, expectAlert, expectAlerts, expectQuiet } from '../../support/alert.js';

const create = async (overrides: Parameters<typeof intuneEndpoint>[0] = {}) => {
  const calls = createCalls();
  const endpoint = intuneEndpoint({ validator: grantingIntune(calls), ...overrides });
  return { calls, bench: await createBench({ endpoints: () => [endpoint] }) };
};

describe('a captured envelope', () => {
  it('signed anew, even under a name of ours, is still the same request', async () => {
    const bench = await createBench();
    const envelope = sealEnvelope(deviceCsr(), { recipients: [bench.ca.encryption] });
    const first = issuedBy(await bench.ask(bench.build({ envelope })));
    for (const subject of ['CN=attacker', bench.ca.ca.subjectDer]) {
      const signer = selfSigned(OTHER_KEY, { subject });
      const again = issuedBy(await bench.ask(bench.build({ envelope, signer })), signer);
      expect(again.thumbprint).toBe(first.thumbprint);
    }
    expect(bench.store.records.size).toBe(1);
  });
});

describe('one challenge', () => {
  it('with the same request: the same certificate, and Intune is asked and told once', async () => {
    const { bench, calls } = await create();
    const messageData = deviceCsr();
    const first = issuedBy(await bench.ask(bench.build({ messageData })));
    const again = await bench.ask(bench.build({ messageData, transactionId: 'another' }));
    expect(issuedBy(again).thumbprint).toBe(first.thumbprint);
    expect(bench.journal.map(({ outcome }) => outcome)).toEqual(['issued', 'repeated']);
    expect(calls.succeeded).toEqual([first.serialHex]);
    expect(calls.validated).toHaveLength(1);
    expectQuiet(bench);
  });

  it.each([
    ['another key', { key: OTHER_KEY }],
    ['the same key and other names', { subject: 'CN=dc01' }],
  ])('with %s: refused, and an alert', async (_case, csr) => {
    const { bench, calls } = await create();
    await bench.ask(bench.build());
    expect((await bench.ask(bench.build({ csr }))).outcome).toBe('FAILURE badRequest');
    expectAlert(bench, 'ERR_CHALLENGE_REUSED');
    expect(bench.store.records.size).toBe(1);
    expect(calls.validated).toHaveLength(1);
  });

  it('is not burnt by an attempt that was refused or broke off', async () => {
    const answers = [
      () => Promise.resolve({ granted: false, code: 'ERR_INTUNE_REFUSED', detail: 'Unknown' } as const),
      () => Promise.reject(new SkepError('ERR_VALIDATOR_UNAVAILABLE')),
      () => Promise.resolve({ granted: true } as const),
    ];
    const validate = () => (answers.shift() as (typeof answers)[number])();
    const { bench } = await create({ validator: { ...grantingIntune(), validate } });
    expect((await bench.ask(bench.build({ csr: { key: OTHER_KEY } }))).outcome).toBe('FAILURE badRequest');
    expect((await bench.ask(bench.build())).outcome).toBe('HTTP 503');
    expect((await bench.ask(bench.build())).outcome).toBe('SUCCESS');
    expectAlerts(bench, ['ERR_INTUNE_REFUSED', 'ERR_VALIDATOR_UNAVAILABLE']);
  });

  it('is not burnt by a request that policy refuses', async () => {
    const { bench, calls } = await create();
    const bad = await bench.ask(bench.build({ csr: { keyUsage: ['keyCertSign'] } }));
    expect(bad.outcome).toBe('FAILURE badRequest');
    expect(calls.failed).toHaveLength(1);
    expect((await bench.ask(bench.build())).outcome).toBe('SUCCESS');
    expectAlert(bench, 'ERR_KEY_USAGE');
  });

  it('however it is written, and at whichever endpoint', async () => {
    const token = (rest = '') =>
      `<CertEnrollToken><Data><CertEnrollChallenge>MIIB</CertEnrollChallenge></Data>${rest}</CertEnrollToken>`;
    const base64 = (xml: string) => Buffer.from(xml).toString('base64');
    const calls = createCalls();
    const endpoints = ['intune', 'lab'].map((name) =>
      intuneEndpoint({ name, validator: grantingIntune(calls) }),
    );
    const bench = await createBench({ endpoints: () => endpoints });
    const first = { challenge: base64(token()) };
    expect((await bench.ask(bench.build({ csr: first }), 'intune')).outcome).toBe('SUCCESS');
    const again: [string, string][] = [
      ['lab', base64(token())],
      ['intune', `${base64(token())} `],
      ['intune', base64(token().replaceAll('><', '> <'))],
      ['intune', base64(token('<Timestamp/>'))],
    ];
    for (const [endpoint, challenge] of again) {
      const answer = await bench.ask(bench.build({ csr: { key: OTHER_KEY, challenge } }), endpoint);
      expect(answer.outcome).toBe('FAILURE badRequest');
    }
    expectAlerts(bench, Array<'ERR_CHALLENGE_REUSED'>(again.length).fill('ERR_CHALLENGE_REUSED'));
    expect(calls.validated).toHaveLength(1);
    expect(bench.store.records.size).toBe(1);
  });

  it('is not given again where somebody revoked its certificate before the device had it', async () => {
    const calls = createCalls();
    let told = 0;
    const validator = {
      ...grantingIntune(calls),
      notifySuccess: () => {
        told += 1;
        return Promise.reject(new SkepError('ERR_VALIDATOR_UNAVAILABLE'));
      },
    };
    const { bench } = await create({ validator });
    expect((await bench.ask(bench.build())).outcome).toBe('HTTP 503');
    const [record] = bench.store.records.values();
    if (!record) throw new Error('nothing was written down');
    await bench.store.revoke(record, { at: new Date(), reason: 'keyCompromise', by: 'person:1' });
    expect((await bench.ask(bench.build())).outcome).toBe('FAILURE badRequest');
    expectAlerts(bench, ['ERR_VALIDATOR_UNAVAILABLE', 'ERR_CHALLENGE_REUSED']);
    expect(bench.store.records.size).toBe(1);
    expect(told).toBe(1);
  });

  it('where the setting says so, another key supersedes, and one certificate is good', async () => {
    const { bench } = await create({ replay: { otherKey: 'supersede' } });
    const first = issuedBy(await bench.ask(bench.build()));
    const second = issuedBy(await bench.ask(bench.build({ csr: { key: OTHER_KEY } })));
    const states = await Promise.all(
      [first, second].map(async ({ serialHex }) => (await bench.store.get(serialHex))?.state),
    );
    expect(states).toEqual(['revoked', 'delivered']);
    // OCSP and the CRL hear of it, and so does whoever watches for attacks.
    expect(bench.announced).toEqual([first.serialHex]);
    expect(linesWith(bench, 'code=ERR_CHALLENGE_REUSED').join()).toContain(first.serialHex);
    expect(eventsOf(bench)).toEqual(['warn ERR_CHALLENGE_REUSED']);
    expect(bench.journal.at(-1)).toMatchObject({ outcome: 'issued', notes: ['ERR_CHALLENGE_REUSED'] });
    expect(leaksOf(bench, CHALLENGE)).toEqual([]);
  });

  it('at the same time: one is issued, the others come back', async () => {
    const { bench } = await create();
    const messageData = deviceCsr();
    const outcomes = await Promise.all(
      [1, 2, 3, 4].map(
        async (n) => (await bench.ask(bench.build({ messageData, transactionId: `T${n}` }))).outcome,
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'SUCCESS')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'HTTP 429')).toHaveLength(3);
    expectAlerts(bench, ['ERR_STORE_CONFLICT', 'ERR_STORE_CONFLICT', 'ERR_STORE_CONFLICT']);
    expect(bench.store.records.size).toBe(1);
    expect((await bench.ask(bench.build({ messageData }))).outcome).toBe('SUCCESS');
    expect(linesWith(bench, 'Issued a certificate')).toHaveLength(1);
  });
});
