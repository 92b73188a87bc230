/** The outer SignedData: one signer with signed attributes, whose certificate is enclosed wherever it stands (section 3.2). */
import { createHash, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  context,
  contextPrimitive,
  octetString,
  oid,
  readWhole,
  sequence,
  walk,
} from '../../../lib/pki/der.js';
import { changeSigner, putTogether, takeApart } from '../../support/cms-surgery.js';
import { createBench, DEVICE, DEVICE_KEY, OTHER_KEY, selfSigned } from '../../support/scep-bench.js';

const bench = await createBench();
const good = bench.build();
const outcomeOf = async (message: Uint8Array) => (await bench.ask(message)).outcome;

describe('the signer', () => {
  it('is found behind other certificates', async () => {
    const certificates = [bench.ca.ca.der, selfSigned(OTHER_KEY).certificate.der, DEVICE.certificate.der];
    expect(await outcomeOf(putTogether(good, { certificates }))).toBe('SUCCESS');
  });

  it('is found behind a certificate that cannot be read', async () => {
    const certificates = [sequence(octetString(Uint8Array.of(1))), DEVICE.certificate.der];
    expect(await outcomeOf(putTogether(good, { certificates }))).toBe('SUCCESS');
  });

  it('may be named by its key identifier', async () => {
    const id = createHash('sha1').update(DEVICE.certificate.spki).digest();
    const signer = selfSigned(DEVICE_KEY, { extensions: [{ oid: '2.5.29.14', value: octetString(id) }] });
    const message = changeSigner(bench.build({ signer }), { identifier: contextPrimitive(0, id) });
    expect(await outcomeOf(message)).toBe('SUCCESS');
  });

  it.each([
    ['no certificate at all', []],
    ['only somebody else’s', [bench.ca.ca.der]],
  ])('with %s is badMessageCheck', async (_case, certificates) => {
    expect(await outcomeOf(putTogether(good, { certificates }))).toBe('FAILURE badMessageCheck');
  });

  it('must be one: two are badRequest, none is HTTP 400', async () => {
    const [own = new Uint8Array()] = takeApart(good).signerInfos;
    expect(await outcomeOf(putTogether(good, { signerInfos: [own, own] }))).toBe('FAILURE badRequest');
    expect(await outcomeOf(putTogether(good, { signerInfos: [] }))).toBe('HTTP 400');
  });

  it('must sign attributes: a signature over the content alone has nothing to answer to', async () => {
    const { encapsulated } = takeApart(good);
    const [, explicit] = walk(readWhole(encapsulated)).rest();
    const { content } = readWhole(explicit?.content ?? new Uint8Array());
    const signature = octetString(sign('sha256', content, DEVICE_KEY));
    expect(await outcomeOf(changeSigner(good, { signedAttributes: undefined, signature }))).toBe('HTTP 400');
  });
});

describe('content', () => {
  it('must be data', async () => {
    const [, content] = walk(readWhole(takeApart(good).encapsulated)).rest();
    const encapsulated = sequence(oid('1.2.840.113549.1.7.3'), content?.bytes ?? new Uint8Array());
    expect(await outcomeOf(putTogether(good, { encapsulated }))).toBe('FAILURE badRequest');
  });

  it.each([
    ['absent', sequence(oid('1.2.840.113549.1.7.1'))],
    ['empty', sequence(oid('1.2.840.113549.1.7.1'), context(0, octetString(new Uint8Array())))],
  ])('%s is badRequest', async (_case, encapsulated) => {
    expect(await outcomeOf(putTogether(good, { encapsulated }))).toBe('FAILURE badRequest');
  });
});

describe('signature and digest', () => {
  it.each(['signature', 'content'] as const)('a damaged %s is badMessageCheck', async (corrupt) => {
    expect(await outcomeOf(bench.build({ corrupt }))).toBe('FAILURE badMessageCheck');
  });

  it('by another key than the certificate’s is badMessageCheck', async () => {
    expect(await outcomeOf(bench.build({ signerKey: OTHER_KEY }))).toBe('FAILURE badMessageCheck');
  });

  it('covers attributes in the order in which they were sent', async () => {
    expect(await outcomeOf(bench.build({ sortAttributes: false }))).toBe('SUCCESS');
  });
});
