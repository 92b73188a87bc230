/** Attack 14: a transaction id of the attacker's choice: somebody else's, or one that breaks out of a log line. */
import { describe, expect, it } from 'vitest';
import { OID } from '../../../dev/scep-client/index.js';
import { utf8String } from '../../../lib/pki/der.js';
import { attribute } from '../../support/request-builder.js';
import { expectAlert, expectQuiet } from '../../support/alert.js';
import { createBench, issuedBy, OTHER_KEY, selfSigned } from '../../support/scep-bench.js';

const GUESS = 'a guess at the challenge';

describe('a transaction id', () => {
  it('that another device has used gives nobody its certificate', async () => {
    const bench = await createBench();
    const victim = issuedBy(await bench.ask(bench.build({ transactionId: '1' }), 'intune'));
    const signer = selfSigned(OTHER_KEY);
    const csr = { key: OTHER_KEY, subject: 'CN=attacker', challenge: 'another' };
    const answer = await bench.ask(bench.build({ transactionId: '1', signer, csr }), 'intune');
    const certificate = issuedBy(answer, signer);
    expect(certificate.subject).toBe('CN=attacker');
    expect(certificate.serialHex).not.toBe(victim.serialHex);
    expectQuiet(bench);
  });

  it.each(['\n', '\r\n', '\u2028', '\u0085', '\u202e', '\0', '\x1b[2J'])(
    'holds no second line: %j',
    async (breaker) => {
      const bench = await createBench();
      const text = `T1${breaker}warn Issued a certificate with serial number 00`;
      const extraAttributes = [attribute(OID.transactionId, utf8String(text))];
      const knobs = { transactionId: undefined, extraAttributes, csr: { challenge: GUESS } };
      expect((await bench.ask(bench.build(knobs))).outcome).toBe('FAILURE badRequest');
      for (const { line } of bench.log) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      // What was sent comes back as it was; the journal keeps it as text.
      expect(bench.journal.at(-1)?.transactionId).toBe(text);
      expectAlert(bench, 'ERR_CHALLENGE_WRONG', GUESS);
    },
  );
});
