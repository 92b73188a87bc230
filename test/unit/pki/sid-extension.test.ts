import { describe, expect, it } from 'vitest';
import { parseCertificate, findExtension } from '../../../lib/pki/certificate.js';
import { context, octetString, oid, sequence } from '../../../lib/pki/der.js';
import { OID } from '../../../lib/pki/oids.js';
import { readSidExtension, sidExtension } from '../../../lib/pki/sid-extension.js';
import { codeOf } from '../../support/error-code.js';
import { openssl } from '../../support/openssl.js';
import { issueLeaf, testAuthority } from '../../support/test-authority.js';

const SID = 'S-1-5-21-1004336348-1177238915-682003330-1104';

describe('the security identifier extension', () => {
  it('is written as Windows writes it, and read back', async () => {
    const { authority } = await testAuthority('ec');
    const der = await issueLeaf(authority.issuer, { extensions: [sidExtension(SID)] });
    const found = findExtension(parseCertificate(der), OID.msNtdsCaSecurity);
    expect(found?.critical).toBe(false);
    expect(readSidExtension(found?.value ?? new Uint8Array())).toBe(SID);
    const text = openssl(['asn1parse', '-inform', 'DER'], found?.value);
    expect(
      text.split('\n').map((line) => line.replace(/^.*(?:prim|cons):\s*/, '').replace(/\s+/g, '')),
    ).toEqual(['SEQUENCE', 'cont[0]', 'OBJECT:1.3.6.1.4.1.311.25.2.1', 'cont[0]', `OCTETSTRING:${SID}`, '']);
  });

  it('of another type of name says so', () => {
    const other = sequence(context(0, oid('1.2.3'), context(0, octetString(Buffer.from(SID)))));
    expect(readSidExtension(other)).toBe('another name (1.2.3)');
  });

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['no name', sequence()],
    ['two names', sequence(context(0, oid('1.2.3')), context(0, oid('1.2.3')))],
    ['no octets', sequence(context(0, oid(OID.msNtdsObjectSid), context(0, oid('1.2.3'))))],
  ])('that is malformed is refused: %s', (_, value) => {
    expect(codeOf(() => readSidExtension(value))).toBe('ERR_DER');
  });
});
