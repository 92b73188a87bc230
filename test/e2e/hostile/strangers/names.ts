/** @module Names of somebody else, names without end, and names that read differently from what they say. */
import { replaceBytes } from '../../../support/cms-surgery.js';
import { signAnew } from './forgery.js';
import { asking, DEVICE_SUBJECT, type Row, type Rows } from './row.js';

const named = (outcome: Row['outcome'], ...subject: readonly string[]): Row => ({
  outcome,
  csr: { subject },
});
const many = (count: number): string =>
  `[names]\n${Array.from({ length: count }, (_, n) => `DNS.${n} = h${n}.example`).join('\n')}`;

export const NAMES: Rows = {
  'a wildcard': asking('ERR_SAN', 'subjectAltName = DNS:*.contoso.example'),
  'a protected domain': asking('ERR_SAN', 'subjectAltName = DNS:dc01.corp.example'),
  'a name with a NUL': {
    outcome: 'ERR_SAN',
    csr: {
      extensions: ['subjectAltName = ASN1:SEQUENCE:names'],
      sections: '[names]\ndns = IMP:2, FORMAT:HEX, OCT:64633031002e6578616d706c65',
    },
  },
  'the address 0.0.0.0': asking('issued', 'subjectAltName = IP:0.0.0.0'),
  'an address that is none': asking('ERR_CSR_MALFORMED', '2.5.29.17 = DER:30048702ffff'),
  'a directory name': {
    outcome: 'ERR_SAN',
    csr: { extensions: ['subjectAltName = dirName:other'], sections: '[other]\nCN = dc01' },
  },
  'a Kerberos name': asking('ERR_SAN', 'subjectAltName = otherName:1.3.6.1.5.2.2;UTF8:krbtgt'),
  'a registered id': asking('ERR_SAN', 'subjectAltName = RID:1.2.3.4'),
  'the principal name of somebody else': asking(
    'ERR_IDENTITY_MISMATCH',
    'subjectAltName = otherName:1.3.6.1.4.1.311.20.2.3;UTF8:administrator@contoso.example',
  ),
  'two principal names': asking(
    'ERR_IDENTITY_MISMATCH',
    'subjectAltName = otherName:1.3.6.1.4.1.311.20.2.3;UTF8:a@contoso.example, otherName:1.3.6.1.4.1.311.20.2.3;UTF8:b@contoso.example',
  ),
  'a file': asking('ERR_SAN', 'subjectAltName = URI:file //etc/passwd'),
  'no name in the extension': asking('ERR_CSR_MALFORMED', '2.5.29.17 = DER:3000'),
  '4096 alternative names': {
    outcome: 'ERR_LIMIT',
    csr: {
      extensions: ['subjectAltName = @names'],
      sections: many(4096),
    },
  },
  '2048 alternative names': {
    outcome: 'ERR_CSR_MALFORMED',
    csr: {
      extensions: ['subjectAltName = @names'],
      sections: many(2048),
    },
  },
  '40 alternative names': {
    outcome: 'ERR_LIMIT',
    csr: {
      extensions: ['subjectAltName = @names'],
      sections: many(40),
    },
  },
  'another device': named('ERR_IDENTITY_MISMATCH', 'CN = 7c4f1b6e-0a3d-4c58-9a0e-2f7b1d5c9e12'),
  'a domain controller': named('ERR_SAN', 'CN = dc01'),
  'two common names': named('ERR_SUBJECT', ...DEVICE_SUBJECT, '1.CN = dc01.corp.example'),
  'an attribute of nobody’s': named('ERR_SUBJECT', ...DEVICE_SUBJECT, 'unstructuredName = x'),
  'a common name with a NUL': {
    outcome: 'ERR_SUBJECT',
    csr: { subject: [...DEVICE_SUBJECT, 'O = dc01Xexample'] },
    spoil: (csr) => signAnew(csr, (info) => replaceBytes(info, Buffer.from('dc01X'), Buffer.from('dc01\0'))),
  },
  'a common name that turns around': named('ERR_SUBJECT', ...DEVICE_SUBJECT, 'O = a\u202eb'),
};
