/** Signed attributes: which an answer has, in which string types, and what a request may not repeat (section 3.2.1). */
import { describe, expect, it } from 'vitest';
import { OID } from '../../../dev/scep-client/index.js';
import { octetString, oid, printableString, sequence } from '../../../lib/pki/der.js';
import { attribute } from '../../support/request-builder.js';
import { createBench, type Answer } from '../../support/scep-bench.js';

const bench = await createBench();

/** Universal tag numbers. */
const OCTET_STRING = 4;
const OBJECT_IDENTIFIER = 6;
const UTF8_STRING = 12;
const PRINTABLE_STRING = 19;
const UTC_TIME = 23;

function typesOf({ message }: Answer): Record<string, number[]> {
  const attributes = message?.signer.attributes ?? [];
  return Object.fromEntries(
    attributes.map(({ oid: type, values }) => [type, values.map(({ idBlock }) => idBlock.tagNumber)]),
  );
}

const ALWAYS = {
  [OID.contentType]: [OBJECT_IDENTIFIER],
  [OID.messageDigest]: [OCTET_STRING],
  [OID.signingTime]: [UTC_TIME],
  [OID.messageType]: [PRINTABLE_STRING],
  [OID.pkiStatus]: [PRINTABLE_STRING],
  [OID.transactionId]: [PRINTABLE_STRING],
  [OID.senderNonce]: [OCTET_STRING],
  [OID.recipientNonce]: [OCTET_STRING],
};

describe('an answer', () => {
  it('SUCCESS has these and no others', async () => {
    const answer = await bench.ask(bench.build());
    expect(typesOf(answer)).toEqual(ALWAYS);
    expect(answer.message).toMatchObject({ messageTypeName: 'CertRep', pkiStatus: 'SUCCESS' });
  });

  it('FAILURE has failInfo as well, and a text', async () => {
    const answer = await bench.ask(bench.build({ csr: { challenge: 'wrong' } }));
    expect(typesOf(answer)).toEqual({
      ...ALWAYS,
      [OID.failInfo]: [PRINTABLE_STRING],
      [OID.failInfoText]: [UTF8_STRING],
    });
    expect(answer.message?.failInfoText).toBe('The request was refused.');
  });

  it('is signed now', async () => {
    const { message } = await bench.ask(bench.build());
    expect(message?.signingTime).toEqual(bench.parts.clock.now());
  });
});

describe('a request', () => {
  it.each([
    ['cmsAlgorithmProtection (jscep)', attribute(OID.cmsAlgorithmProtection, sequence())],
    ['randomNonce (cryptlib)', attribute('1.2.840.113549.1.9.25.3', octetString(Buffer.alloc(16)))],
    ['anything else', attribute('1.3.6.1.4.1.99999.1', printableString('x'))],
  ])('may carry %s', async (_name, extra) => {
    expect((await bench.ask(bench.build({ extraAttributes: [extra] }))).outcome).toBe('SUCCESS');
  });

  const again = {
    transactionID: attribute(OID.transactionId, printableString('other')),
    messageType: attribute(OID.messageType, printableString('17')),
    senderNonce: attribute(OID.senderNonce, octetString(Buffer.alloc(16))),
    messageDigest: attribute(OID.messageDigest, octetString(Buffer.alloc(32))),
    contentType: attribute(OID.contentType, oid(OID.data)),
  };
  it.each(Object.entries(again))('with %s twice is badRequest', async (_name, extra) => {
    expect((await bench.ask(bench.build({ extraAttributes: [extra] }))).outcome).toBe('FAILURE badRequest');
  });

  it('with two values in one attribute is badRequest', async () => {
    const two = attribute(OID.messageType, printableString('19'), printableString('17'));
    const { outcome } = await bench.ask(bench.build({ messageType: undefined, extraAttributes: [two] }));
    expect(outcome).toBe('FAILURE badRequest');
  });

  it('with a signingTime far off is accepted: device clocks are', async () => {
    const { outcome } = await bench.ask(bench.build({ signingTime: new Date('2001-01-01T00:00:00Z') }));
    expect(outcome).toBe('SUCCESS');
  });
});
