import { describe, expect, it } from 'vitest';
import { readSignedData } from '../../../lib/scep/signed-data.js';
import { putTogether, takeApart } from '../../support/cms-surgery.js';
import { codeOf } from '../../support/error-code.js';
import { buildMessage, createBench, DEVICE } from '../../support/scep-bench.js';

const { ca } = await createBench();
const good = buildMessage(ca);

describe('readSignedData', () => {
  it('reads BER as it reads DER', () => {
    const der = readSignedData(good);
    const ber = readSignedData(buildMessage(ca, { indefinite: true }));
    for (const { certificates, signerInfos, contentType, content } of [der, ber]) {
      expect(contentType).toBe('1.2.840.113549.1.7.1');
      expect(certificates.map((one) => Buffer.from(one).toString('hex'))).toEqual([
        Buffer.from(DEVICE.certificate.der).toString('hex'),
      ]);
      expect(signerInfos[0]?.attributes.map(({ values }) => values.length)).toEqual([1, 1, 1, 1, 1]);
      expect(content?.[0]).toBe(0x30);
    }
  });

  it('goes without certificates', () => {
    expect(readSignedData(putTogether(good, { certificates: [] })).certificates).toEqual([]);
  });

  const [signerInfo = new Uint8Array()] = takeApart(good).signerInfos;
  it.each([
    ['nine signers', { signerInfos: Array.from({ length: 9 }, () => signerInfo) }],
    ['33 certificates', { certificates: Array.from({ length: 33 }, () => DEVICE.certificate.der) }],
    ['a signer that is none', { signerInfos: [Uint8Array.of(5, 0)] }],
    [
      'content that is no octet string',
      { encapsulated: Buffer.from('300f06092a864886f70d010701a0020500', 'hex') },
    ],
  ])('refuses %s', (_case, changes) => {
    expect(codeOf(() => readSignedData(putTogether(good, changes)))).toBe('ERR_DER');
  });

  it('refuses another kind of CMS', () => {
    const at = Buffer.from(good).indexOf(Buffer.from('2a864886f70d010702', 'hex'));
    const other = Uint8Array.from(good);
    other[at + 8] = 3;
    expect(codeOf(() => readSignedData(other))).toBe('ERR_DER');
  });
});
