/** messageType: what is known, and that everything else is an error (section 3.2.1.2). */
import { describe, expect, it } from 'vitest';
import { OID } from '../../../dev/scep-client/index.js';
import { octetString, printableString } from '../../../lib/pki/der.js';
import { attribute } from '../../support/request-builder.js';
import { createBench } from '../../support/scep-bench.js';

const bench = await createBench();

describe('messageType', () => {
  it.each([17, 18, 19])('%i takes a certification request', async (messageType) => {
    const { outcome } = await bench.ask(bench.build({ messageType, transactionId: String(messageType) }));
    expect(outcome).toBe('SUCCESS');
  });

  it.each([0, 1, 2, 3, 16, 23, 99, 1019])('%i is badRequest', async (messageType) => {
    const { outcome, message } = await bench.ask(bench.build({ messageType }));
    expect(outcome).toBe('FAILURE badRequest');
    expect(message?.failInfoText).toBe('The message type is not known.');
  });

  it.each([
    ['missing', []],
    ['no number', [attribute(OID.messageType, printableString('PKCSReq'))]],
    ['a number in other words', [attribute(OID.messageType, printableString('019'))]],
    ['no text', [attribute(OID.messageType, octetString(Buffer.from('19')))]],
  ])('%s is badRequest', async (_case, extraAttributes) => {
    const { outcome } = await bench.ask(bench.build({ messageType: undefined, extraAttributes }));
    expect(outcome).toBe('FAILURE badRequest');
  });

  it.each([20, 21, 22])('%i does not take a certification request', async (messageType) => {
    expect((await bench.ask(bench.build({ messageType }))).outcome).toMatch(/^FAILURE/);
  });

  it('issues nothing for any of those', () => {
    const subjects = [...bench.store.records.values()].map(({ transactionId }) => transactionId);
    expect(subjects).toEqual(['17']);
  });
});
