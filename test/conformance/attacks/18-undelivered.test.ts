/** Attack 18: a certificate out there that Intune does not know, so cannot revoke. Without its yes nothing leaves. */
import { describe, expect, it } from 'vitest';
import { SkepError } from '../../../lib/base/errors.js';
import type { Verdict } from '../../../lib/validators/validator.js';
import { createBench, grantingIntune, intuneEndpoint, issuedBy } from '../../support/scep-bench.js';
import { expectAlert } from '../../support/alert.js';

async function withNotification(notifySuccess: () => Promise<Verdict>) {
  const validator = { ...grantingIntune(), notifySuccess };
  return createBench({ endpoints: () => [intuneEndpoint({ validator })] });
}

const refusal = { granted: false, code: 'ERR_NOTIFICATION_REFUSED', detail: 'Unknown' } as const;
const states = (bench: Awaited<ReturnType<typeof withNotification>>) =>
  [...bench.store.records.values()].map(({ state }) => state);

describe('a success notification', () => {
  it('that is refused: nothing is delivered, and the certificate is revoked', async () => {
    const bench = await withNotification(() => Promise.resolve(refusal));
    expect((await bench.ask(bench.build())).outcome).toBe('FAILURE badRequest');
    const [record] = bench.store.records.values();
    expect(record).toMatchObject({
      state: 'revoked',
      revocation: { reason: 'privilegeWithdrawn', by: 'enrollment', from: 'issued' },
    });
    expect(record?.deliveredAt).toBeUndefined();
    expect(bench.announced).toEqual([record?.serialNumber]);
    expectAlert(bench, 'ERR_NOTIFICATION_REFUSED');
  });

  it('that is lost: 503, and the next try delivers the same certificate', async () => {
    const answers: (() => Promise<Verdict>)[] = [
      () => Promise.reject(new SkepError('ERR_VALIDATOR_UNAVAILABLE')),
      () => Promise.resolve({ granted: true }),
    ];
    const bench = await withNotification(() => (answers.shift() as (typeof answers)[number])());
    const message = bench.build();
    expect((await bench.ask(message)).outcome).toBe('HTTP 503');
    expect(states(bench)).toEqual(['issued']);
    const certificate = issuedBy(await bench.ask(message));
    expect([...bench.store.records.keys()]).toEqual([certificate.serialHex]);
    expect(states(bench)).toEqual(['delivered']);
    expectAlert(bench, 'ERR_VALIDATOR_UNAVAILABLE');
  });

  it('that was refused once leaves the challenge free for a new certificate', async () => {
    const answers: Verdict[] = [refusal, { granted: true }];
    const bench = await withNotification(() => Promise.resolve(answers.shift() as Verdict));
    await bench.ask(bench.build());
    expect((await bench.ask(bench.build())).outcome).toBe('SUCCESS');
    expect(states(bench)).toEqual(['revoked', 'delivered']);
    expectAlert(bench, 'ERR_NOTIFICATION_REFUSED');
  });
});
