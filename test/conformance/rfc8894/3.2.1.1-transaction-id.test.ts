/** transactionID: echoed octet by octet, whatever text type and characters the client chose (RFC 8894 section 3.2.1.1). */
import { describe, expect, it } from 'vitest';
import { OID } from '../../../dev/scep-client/index.js';
import { printableString, utf8String } from '../../../lib/pki/der.js';
import { attribute } from '../../support/request-builder.js';
import { createBench } from '../../support/scep-bench.js';

const bench = await createBench();

describe('transactionID', () => {
  it.each(['1', 'a b', 'k8Zp+/q==', 'x'.repeat(256)])('%s comes back', async (transactionId) => {
    const { outcome, message } = await bench.ask(bench.build({ transactionId }));
    expect(outcome).toBe('SUCCESS');
    expect(message?.transactionId).toBe(transactionId);
  });

  it('comes back in the string type that it was sent in', async () => {
    for (const value of [printableString('T1'), utf8String('Tü')]) {
      const sent = attribute(OID.transactionId, value);
      const { outcome, body } = await bench.ask(
        bench.build({ transactionId: undefined, extraAttributes: [sent] }),
      );
      expect(outcome).toBe('SUCCESS');
      expect(Buffer.from(body).includes(Buffer.from(sent))).toBe(true);
    }
  });

  it('comes back in a FAILURE too', async () => {
    const { outcome, message } = await bench.ask(bench.build({ csr: { challenge: 'wrong' } }));
    expect(outcome).toBe('FAILURE badRequest');
    expect(message?.transactionId).toBe('4D1A');
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['longer than 256 characters', 'x'.repeat(257)],
  ])('is refused with HTTP 400 when it is %s', async (_case, transactionId) => {
    expect((await bench.ask(bench.build({ transactionId }))).outcome).toBe('HTTP 400');
  });
});
