/** CertPoll: the certificate of the transaction, for whoever holds its key (section 4.4). */
import { describe, expect, it } from 'vitest';
import { encodeName } from '../../../dev/scep-client/index.js';
import { sequence } from '../../../lib/pki/der.js';
import { createBench, issuedBy, OTHER_KEY, selfSigned } from '../../support/scep-bench.js';

const bench = await createBench();
const transactionId = 'SHARED';
const issued = issuedBy(await bench.ask(bench.build({ transactionId })));
const messageData = sequence(bench.ca.ca.subjectDer, encodeName('CN=device'));
const poll = { messageType: 'CertPoll', transactionId, messageData } as const;

describe('CertPoll', () => {
  it('finds what was delivered', async () => {
    const answer = await bench.ask(bench.build(poll));
    expect(answer.outcome).toBe('SUCCESS');
    expect(issuedBy(answer).serialHex).toBe(issued.serialHex);
    expect(bench.journal.at(-1)).toMatchObject({ outcome: 'answered', messageType: 'CertPoll' });
  });

  it('accepts the RA’s name where the CA’s belongs', async () => {
    const data = sequence(bench.ca.encryption.subjectDer, encodeName('CN=device'));
    expect((await bench.ask(bench.build({ ...poll, messageData: data }))).outcome).toBe('SUCCESS');
  });

  it.each([
    ['another transaction', { transactionId: 'OTHER' }],
    ['another key', { signer: selfSigned(OTHER_KEY, { subject: 'CN=device' }) }],
    ['another CA', { messageData: sequence(encodeName('CN=x'), encodeName('CN=device')) }],
  ])('%s is badCertId', async (_case, knobs) => {
    expect((await bench.ask(bench.build({ ...poll, ...knobs }))).outcome).toBe('FAILURE badCertId');
  });

  it('on another endpoint is badCertId', async () => {
    expect((await bench.ask(bench.build(poll), 'intune')).outcome).toBe('FAILURE badCertId');
  });

  it('does not hand out a certificate that was revoked', async () => {
    const record = await bench.store.get(issued.serialHex);
    if (!record) throw new Error('no record');
    await bench.store.revoke(record, { at: bench.parts.clock.now(), reason: 'keyCompromise', by: 'test' });
    expect((await bench.ask(bench.build(poll))).outcome).toBe('FAILURE badCertId');
  });
});
