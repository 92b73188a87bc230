import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../lib/base/bytes.js';
import { encodeOcspError, encodeOcspResponse, encodeResponseData } from '../../../lib/pki/ocsp-response.js';

const AT = new Date('2026-03-01T02:03:04.999Z');
const AT_HEX = `180F${Buffer.from('20260301020304Z').toString('hex').toUpperCase()}`;
const CERT_ID = fromHex('3000');

const encode = (
  certStatus: Parameters<typeof encodeResponseData>[0]['responses'][0]['certStatus'],
  nonce?: Uint8Array,
) =>
  toHex(
    encodeResponseData({
      responderKeyHash: Buffer.alloc(20, 0xaa),
      producedAt: AT,
      responses: [{ certId: CERT_ID, certStatus, thisUpdate: AT, nextUpdate: AT }],
      nonce,
    }),
  );

describe('an OCSP response', () => {
  it.each([
    ['good', { status: 'good' }, '8000'],
    ['unknown', { status: 'unknown' }, '8200'],
    ['revoked', { status: 'revoked', since: AT, reason: 1 }, `A116${AT_HEX}A0030A0101`],
    ['revoked without a reason', { status: 'revoked', since: AT, reason: 0 }, `A111${AT_HEX}`],
  ] as const)('says %s, byte for byte', (_, certStatus, expected) => {
    const single = `3000${expected}${AT_HEX}A011${AT_HEX}`;
    const length = (hex: string) => (hex.length / 2).toString(16).padStart(2, '0').toUpperCase();
    const singleSequence = `30${length(single)}${single}`;
    const responses = `30${length(singleSequence)}${singleSequence}`;
    const content = `A2160414${'AA'.repeat(20)}${AT_HEX}${responses}`;
    expect(encode(certStatus)).toBe(`30${length(content)}${content}`);
  });

  it('repeats the nonce as it was sent', () => {
    expect(encode({ status: 'good' }, fromHex('0402BEEF'))).toMatch(
      /A11530133011(06092B0601050507300102)04040402BEEF$/,
    );
  });

  it('wraps the signed data, the algorithm and the responder’s certificate', () => {
    const response = encodeOcspResponse(fromHex('3000'), 'ES256', fromHex('C0FFEE'), fromHex('30020500'));
    expect(toHex(response)).toBe(
      '3032' +
        '0A0100' +
        'A02D' +
        '302B' +
        '06092B0601050507300101' +
        '041E' +
        '301C' +
        '3000' +
        '300A06082A8648CE3D040302' +
        '030400C0FFEE' +
        'A006' +
        '3004' +
        '30020500',
    );
  });

  it.each([
    ['malformedRequest', '30030A0101'],
    ['internalError', '30030A0102'],
    ['tryLater', '30030A0103'],
    ['unauthorized', '30030A0106'],
  ] as const)('is an error: %s', (status, expected) => {
    expect(toHex(encodeOcspError(status))).toBe(expected);
  });
});
