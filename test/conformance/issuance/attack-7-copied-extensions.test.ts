/** Extensions of the request that would give a certificate powers: none of them reaches it. */
import { describe, expect, it } from 'vitest';
import { parseCertificationRequest } from '../../../lib/pki/csr.js';
import { assembleCertificate } from '../../../lib/issuance/seal.js';
import { boolean, context, integer, oid, sequence, utf8String } from '../../../lib/pki/der.js';
import {
  authorityInfoAccess,
  crlDistributionPoints,
  extendedKeyUsage,
  extension,
  keyUsage,
  ocspNoCheck,
  subjectKeyIdentifier,
} from '../../../lib/pki/extensions.js';
import { OID } from '../../../lib/pki/oids.js';
import { codeOf } from '../../support/error-code.js';
import { ISSUER, shapeFrom, signByIssuer } from '../../support/issuance.js';
import { certificateText } from '../../support/openssl.js';
import { buildRequest } from '../../support/request-builder.js';

const policyOf = (purpose: string) => sequence(sequence(oid(purpose)));

const IGNORED: readonly (readonly [string, Uint8Array])[] = [
  ['application policies, which Windows puts above the extended key usage', extension('1.3.6.1.4.1.311.21.10', policyOf(OID.certificateRequestAgent))],
  ['a template by name', extension('1.3.6.1.4.1.311.20.2', utf8String('DomainController'))],
  ['a template by identifier', extension('1.3.6.1.4.1.311.21.7', sequence(oid('1.3.6.1.4.1.311.21.8.1.2'), integer(100)))],
  ['a security identifier', extension(OID.msNtdsCaSecurity, sequence(context(0, utf8String('S-1-5-21-1-2-3-512'))))],
  ['name constraints', extension(OID.nameConstraints, sequence(), true)],
  ['certificate policies', extension('2.5.29.32', policyOf('2.5.29.32.0'))],
  ['an OCSP responder of the attacker’s', authorityInfoAccess({ ocsp: ['http://evil.example/'], caIssuers: [] })],
  ['a CRL of the attacker’s', crlDistributionPoints(['http://evil.example/crl'])],
  ['no revocation check', ocspNoCheck()],
  ['a key identifier of somebody else’s', subjectKeyIdentifier(Buffer.alloc(20, 0xee))],
  ['an unknown critical extension', extension('1.3.6.1.4.1.99999.1', sequence(), true)],
]; // prettier-ignore

const REFUSED: readonly (readonly [string, string, Uint8Array])[] = [
  [
    'ERR_EXTENSION',
    'a certification authority',
    extension(OID.basicConstraints, sequence(boolean(true)), true),
  ],
  [
    'ERR_EXTENSION',
    'one with a path length',
    extension(OID.basicConstraints, sequence(boolean(true), integer(5))),
  ],
  ['ERR_KEY_USAGE', 'signing certificates', keyUsage(['digitalSignature', 'keyCertSign'])],
  ['ERR_KEY_USAGE', 'signing CRLs', keyUsage(['digitalSignature', 'cRLSign'])],
  ['ERR_EXTENDED_KEY_USAGE', 'any purpose', extendedKeyUsage([OID.clientAuth, OID.anyExtendedKeyUsage])],
  ['ERR_EXTENDED_KEY_USAGE', 'signing OCSP responses', extendedKeyUsage([OID.ocspSigning])],
  ['ERR_EXTENDED_KEY_USAGE', 'an enrolment agent', extendedKeyUsage([OID.certificateRequestAgent])],
  ['ERR_EXTENDED_KEY_USAGE', 'smart card logon', extendedKeyUsage([OID.clientAuth, OID.smartCardLogon])],
  ['ERR_EXTENDED_KEY_USAGE', 'a Kerberos key distribution centre', extendedKeyUsage(['1.3.6.1.5.2.3.5'])],
];

const plain = shapeFrom();

describe('attack 7: extensions that give power', () => {
  it.each(IGNORED)('%s does not reach the certificate', async (_, wanted) => {
    const [{ type } = { type: '' }] = parseCertificationRequest(
      buildRequest({ extensions: [wanted] }),
    ).extensions;
    const { tbs, notes } = shapeFrom({ request: { extensions: [wanted] } });
    // But for the serial number it is the certificate that a request without extensions gets.
    expect(tbs).toHaveLength(plain.tbs.length);
    expect(Buffer.from(tbs.subarray(40))).toEqual(Buffer.from(plain.tbs.subarray(40)));
    expect(notes.map(({ detail }) => detail)).toEqual([type]);
    const text = certificateText(assembleCertificate(tbs, ISSUER, await signByIssuer(tbs)));
    expect(text).not.toContain('evil.example');
    expect(text).toContain('CA:FALSE');
  });

  it.each(REFUSED)('%s: %s', (code, _, wanted) => {
    expect(codeOf(() => shapeFrom({ request: { extensions: [wanted] } }))).toBe(code);
  });
});
