/** Elements in elements, a hundred thousand deep, wherever a reader might follow them. */
import { describe, expect, it } from 'vitest';
import { concat } from '../../../lib/base/bytes.js';
import { context, octetString, oid, sequence, TAG } from '../../../lib/pki/der.js';
import { changeSigner, putTogether } from '../../support/cms-surgery.js';
import { attribute, buildRequest } from '../../support/request-builder.js';
import { CHALLENGE, createBench } from '../../support/scep-bench.js';
import { ENDPOINTS, expectHarmless } from './harmless.js';

/** `depth` elements, each inside the one before, lengths in the definite form, short or of three octets. */
function definite(tag: number, depth: number): Uint8Array {
  const headers: Uint8Array[] = [];
  let length = 0;
  for (let level = 0; level < depth; level++) {
    const header = length < 0x80 ? Buffer.of(tag, length) : Buffer.of(tag, 0x83, 0, 0, 0);
    if (length >= 0x80) header.writeUIntBE(length, 2, 3);
    headers.push(header);
    length += header.length;
  }
  return concat(headers.reverse());
}

function indefinite(tag: number, depth: number): Uint8Array {
  return concat([Buffer.alloc(depth * 2, Buffer.of(tag, 0x80)), Buffer.alloc(depth * 2)]);
}

const SHAPES = [
  ['definite sequences', definite, TAG.sequence],
  ['definite constructed octet strings', definite, 0x24],
  ['indefinite sequences', indefinite, TAG.sequence],
  ['indefinite octet strings', indefinite, 0x24],
] as const;

describe.each(SHAPES)('%s', async (_name, nest, tag) => {
  const bench = await createBench({ handler: { maxBodyBytes: 1_048_576 } });
  const good = bench.build();
  const deep = nest(tag, 100_000);
  const MESSAGES: Record<string, Uint8Array> = {
    'as the body': deep,
    'as SignedData': sequence(oid('1.2.840.113549.1.7.2'), context(0, deep)),
    'as the content': putTogether(good, {
      encapsulated: sequence(oid('1.2.840.113549.1.7.1'), context(0, deep)),
    }),
    'as a certificate': putTogether(good, { certificates: [deep] }),
    'as a SignerInfo': putTogether(good, { signerInfos: [deep] }),
    'as a signed attribute': changeSigner(good, { signedAttributes: context(0, deep) }),
    'as a signature': changeSigner(good, { signature: deep }),
    'as an attribute’s value': bench.build({ extraAttributes: [attribute('1.2.3.4', deep)] }),
    'as the transactionID': bench.build({
      transactionId: undefined,
      extraAttributes: [attribute('2.16.840.1.113733.1.9.7', deep)],
    }),
    'as the senderNonce': bench.build({
      senderNonce: undefined,
      extraAttributes: [attribute('2.16.840.1.113733.1.9.5', deep)],
    }),
    'as the envelope': bench.build({ envelope: deep }),
    'as EnvelopedData': bench.build({ envelope: sequence(oid('1.2.840.113549.1.7.3'), context(0, deep)) }),
    'as the request': bench.build({ messageData: nest(tag, 15_000) }),
    'as an attribute of the request': bench.build({
      messageData: buildRequest({ challenge: CHALLENGE, attributesField: context(0, nest(tag, 12_000)) }),
    }),
    'as an alternative name': bench.build({
      messageData: buildRequest({
        challenge: CHALLENGE,
        extensions: [sequence(oid('2.5.29.17'), octetString(sequence(nest(tag, 12_000))))],
      }),
    }),
  };

  it.each(Object.entries(MESSAGES))('%s', async (what, message) => {
    for (const endpoint of ENDPOINTS) {
      const answer = await bench.ask(message, endpoint);
      // An unknown attribute is nobody's business, so it may be as deep as it likes.
      if (answer.outcome === 'SUCCESS') expect(what).toBe('as an attribute’s value');
      else expectHarmless(bench, answer, what);
    }
    for (const key of bench.store.records.keys()) (bench.store.records as Map<string, unknown>).delete(key);
    (bench.store.claims as Map<string, unknown>).clear();
  });
});
