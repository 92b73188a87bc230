/**
 * A request that says something twice lets a validator and an issuer see different certificates. The published tool
 * scepreq spreads key usage, names and security identifier over three extensionRequest attributes, and passes Intune.
 */
import { describe, expect, it } from 'vitest';
import { parseCertificationRequest } from '../../../lib/pki/csr.js';
import { context, sequence, utf8String } from '../../../lib/pki/der.js';
import { extendedKeyUsage, extension, keyUsage } from '../../../lib/pki/extensions.js';
import { OID } from '../../../lib/pki/oids.js';
import { codeOf } from '../../support/error-code.js';
import { openssl } from '../../support/openssl.js';
import { altNames, attribute, buildRequest, type RequestFields } from '../../support/request-builder.js';

const device = altNames(['dns', 'device.contoso.com']);
const controller = altNames(['dns', 'dc01.corp.contoso.com']);
const usage = keyUsage(['digitalSignature']);
const purposes = extendedKeyUsage([OID.clientAuth]);
const sid = extension(OID.msNtdsCaSecurity, sequence(context(0, utf8String('S-1-5-21-1-2-3-512'))));

const request = (type: string, ...extensions: Uint8Array[]) => attribute(type, sequence(...extensions));

const ATTACKS: readonly (readonly [string, RequestFields])[] = [
  [
    'three extensionRequest attributes, as scepreq sends them',
    {
      attributes: [
        request(OID.extensionRequest, usage, purposes),
        request(OID.extensionRequest, device),
        request(OID.extensionRequest, sid),
      ],
    },
  ],
  [
    'names under both identifiers of the attribute',
    { attributes: [request(OID.extensionRequest, device), request(OID.msExtensionRequest, controller)] },
  ],
  [
    'an empty attribute before the one that counts',
    { attributes: [request(OID.extensionRequest), request(OID.extensionRequest, controller)] },
  ],
  [
    'two values in one attribute',
    { attributes: [attribute(OID.extensionRequest, sequence(device), sequence(controller))] },
  ],
  ['alternative names twice in one list', { extensions: [device, controller] }],
  ['an identical extension twice', { extensions: [device, device] }],
  [
    'a second challenge',
    { challenge: 'valid', attributes: [attribute(OID.challengePassword, utf8String('other'))] },
  ],
];

describe('attack 6: a request with two meanings', () => {
  it.each(ATTACKS)('%s is refused', (_, fields) => {
    const der = buildRequest({ challenge: 'valid', ...fields, attributes: fields.attributes ?? [] });
    expect(codeOf(() => parseCertificationRequest(der))).toBe('ERR_CSR_AMBIGUOUS');
    // Elsewhere it passes for a request in good order: that is what makes it an attack.
    expect(openssl(['req', '-inform', 'DER', '-noout', '-verify'], der)).toContain('OK');
  });

  it('octets after the request are refused', () => {
    const der = Buffer.concat([
      buildRequest({ extensions: [device] }),
      buildRequest({ extensions: [controller] }),
    ]);
    expect(codeOf(() => parseCertificationRequest(der))).toBe('ERR_CSR_MALFORMED');
  });

  it('lengths that two readers could take differently are refused', () => {
    const der = buildRequest({ extensions: [device] });
    const body = der.subarray(4);
    const padded = Buffer.concat([
      Uint8Array.of(0x30, 0x83, 0, (body.length >> 8) & 0xff, body.length & 0xff),
      body,
    ]);
    const indefinite = Buffer.concat([Uint8Array.of(0x30, 0x80), body, Uint8Array.of(0, 0)]);
    for (const ber of [padded, indefinite]) {
      expect(codeOf(() => parseCertificationRequest(ber))).toBe('ERR_CSR_MALFORMED');
    }
  });

  it('the same things said once are accepted', () => {
    const csr = parseCertificationRequest(
      buildRequest({ challenge: 'valid', extensions: [usage, purposes, device] }),
    );
    expect(csr.extensions).toHaveLength(3);
  });
});
