import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex } from '../../../lib/base/bytes.js';
import { context, integer, octetString, sequence, NULL, oid } from '../../../lib/pki/der.js';
import { extension } from '../../../lib/pki/extensions.js';
import { MAX_SINGLE_REQUESTS, parseOcspRequest } from '../../../lib/pki/ocsp-request.js';
import { encodeCertId, encodeOcspRequest } from '../../support/ocsp-request.js';
import { pem, temporaryFolder } from '../../support/openssl.js';
import { issueLeaf, testAuthority, toPem } from '../../support/test-authority.js';

/** One request by hand: SHA-1, name hash 11…, key hash 22…, serial 4F. */
const CERT_ID =
  `303A` + `300906052B0E03021A0500` + `0414${'11'.repeat(20)}` + `0414${'22'.repeat(20)}` + `02014F`;
const BY_HAND = `3042` + `3040` + `303E` + `303C` + CERT_ID;

const malformed = expect.objectContaining({ code: 'ERR_DER' }) as unknown;
const ca = async () => (await testAuthority('ec')).authority.issuer.certificate;

describe('an OCSP request', () => {
  it('is read from bytes that were put together by hand', () => {
    expect(parseOcspRequest(fromHex(BY_HAND))).toEqual({
      requests: [
        {
          der: fromHex(CERT_ID),
          hash: 'sha1',
          issuerNameHash: new Uint8Array(20).fill(0x11),
          issuerKeyHash: new Uint8Array(20).fill(0x22),
          serialNumber: '4F',
        },
      ],
      nonce: undefined,
    });
  });

  it.each(['sha1', 'sha256', 'sha384', 'sha512'] as const)('of openssl with %s is read', async (hash) => {
    const folder = temporaryFolder();
    const [request, issuer] = [join(folder, 'r.der'), join(folder, 'ca.pem')];
    writeFileSync(issuer, pem(await ca()));
    const args = [
      'ocsp',
      `-${hash}`,
      '-issuer',
      issuer,
      '-serial',
      '0x4F01',
      '-serial',
      '0x7E',
      '-reqout',
      request,
    ];
    execFileSync('openssl', args);
    const { requests, nonce } = parseOcspRequest(readFileSync(request));
    expect(requests.map((id) => id.serialNumber)).toEqual(['4F01', '7E']);
    expect(requests.map((id) => id.hash)).toEqual([hash, hash]);
    expect(requests[0]?.der).toEqual(encodeCertId(await ca(), '4F01', hash));
    expect(toHex(nonce ?? new Uint8Array())).toMatch(/^0410[0-9A-F]{32}$/);
  });

  it('may be signed; the signature is ignored', async () => {
    const folder = temporaryFolder();
    const { authority, caKey } = await testAuthority('ec');
    const path = (name: string) => join(folder, name);
    writeFileSync(path('ca.pem'), pem(authority.issuer.certificate));
    writeFileSync(path('key.pem'), caKey.export({ format: 'pem', type: 'pkcs8' }));
    writeFileSync(path('leaf.pem'), toPem('CERTIFICATE', await issueLeaf(authority.issuer)));
    execFileSync('openssl', [
      ...['ocsp', '-issuer', path('ca.pem'), '-serial', '0x4F01', '-reqout', path('r.der')],
      ...['-signer', path('ca.pem'), '-signkey', path('key.pem')],
    ]);
    expect(parseOcspRequest(readFileSync(path('r.der'))).requests[0]?.serialNumber).toBe('4F01');
  });

  it('may say that it is of version 1, and who asks', async () => {
    const list = sequence(sequence(encodeCertId(await ca(), '01')));
    const asker = context(1, context(4, sequence()));
    const read = parseOcspRequest(sequence(sequence(context(0, integer(0)), asker, list)));
    expect(read.requests).toHaveLength(1);
  });

  it.each([
    ['an OCTET STRING of 1', octetString(Buffer.alloc(1))],
    ['an OCTET STRING of 32', octetString(Buffer.alloc(32))],
    ['an OCTET STRING of 128', octetString(Buffer.alloc(128))],
    ['bare octets of an old client', Buffer.alloc(16, 0xa5)],
    ['bare octets that begin like an OCTET STRING', Buffer.from('04FF0102', 'hex')],
  ])('keeps a nonce: %s', async (_, nonce) => {
    const request = encodeOcspRequest([encodeCertId(await ca(), '01')], nonce);
    expect(parseOcspRequest(request).nonce).toEqual(Buffer.from(nonce));
  });

  it.each([
    ['an empty OCTET STRING', octetString(new Uint8Array())],
    ['an OCTET STRING of 129', octetString(Buffer.alloc(129))],
    ['129 bare octets', Buffer.alloc(129, 0xa5)],
    ['nothing at all', new Uint8Array()],
  ])('is malformed with a nonce that is %s', async (_, nonce) => {
    const request = encodeOcspRequest([encodeCertId(await ca(), '01')], nonce);
    expect(() => parseOcspRequest(request)).toThrow(malformed);
  });

  // Found by the fuzzer: the answer repeats the identifier, and other readers refuse it.
  it.each([
    ['something', Buffer.of(0x25, 0)],
    ['something after NULL', Buffer.concat([NULL, NULL])],
  ])('is malformed with %s for parameters of the hash', (_, parameters) => {
    const algorithm = sequence(oid('1.3.14.3.2.26'), parameters);
    const certId = sequence(
      algorithm,
      octetString(Buffer.alloc(20)),
      octetString(Buffer.alloc(20)),
      integer(1),
    );
    expect(() => parseOcspRequest(encodeOcspRequest([certId]))).toThrow(malformed);
  });

  it('passes over extensions that it does not know, unless they are critical', async () => {
    const certId = encodeCertId(await ca(), '01');
    const both = (critical: boolean) => {
      const unknown = sequence(extension('1.2.3.4', octetString(new Uint8Array()), critical));
      return [
        sequence(sequence(sequence(sequence(certId)), context(2, unknown))),
        sequence(sequence(sequence(sequence(certId, context(0, unknown))))),
      ];
    };
    for (const request of both(false)) expect(parseOcspRequest(request).requests).toHaveLength(1);
    for (const request of both(true)) expect(() => parseOcspRequest(request)).toThrow(malformed);
  });

  it('asks about 1 to 32 certificates', async () => {
    const certId = encodeCertId(await ca(), '01');
    const many = (count: number) => encodeOcspRequest(Array.from({ length: count }, () => certId));
    expect(parseOcspRequest(many(MAX_SINGLE_REQUESTS)).requests).toHaveLength(32);
    expect(() => parseOcspRequest(many(MAX_SINGLE_REQUESTS + 1))).toThrow(malformed);
    expect(() => parseOcspRequest(many(0))).toThrow(malformed);
  });

  it('leaves a hash that it does not know to be nobody’s', () => {
    const read = parseOcspRequest(fromHex(BY_HAND.replace('2B0E03021A', '2B0E03021B')));
    expect(read.requests[0]?.hash).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['an octet after its end', `${BY_HAND}00`],
    ['a length that is not minimal', BY_HAND.replace('3042', '308142')],
    ['a serial number that is not minimal', BY_HAND.replace('303A', '303B').replace('02014F', '0202004F')],
    ['version 2', toHex(sequence(sequence(context(0, integer(1)), sequence())))],
    ['something that is no SEQUENCE among the requests', '30073005' + '3003' + '02014F'],
  ])('is malformed with %s', (_, hex) => {
    expect(() => parseOcspRequest(fromHex(hex))).toThrow(malformed);
  });

  it('is malformed when cut anywhere', () => {
    const whole = concat([fromHex(BY_HAND)]);
    for (let length = 0; length < whole.length; length++) {
      expect(() => parseOcspRequest(whole.subarray(0, length))).toThrow(malformed);
    }
  });
});
