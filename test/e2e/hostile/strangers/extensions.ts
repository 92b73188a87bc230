/** @module Extensions that `openssl req` writes from a configuration: what gives power, and what nobody knows. */
import { asking, type Rows } from './row.js';

const SID = 'S-1-5-21-1004336348-1177238915-682003330-500';

export const EXTENSIONS: Rows = {
  'an honest request': { outcome: 'issued' },
  'to be a CA': asking('ERR_EXTENSION', 'basicConstraints = critical, CA:TRUE'),
  'to be a CA with a path length': asking('ERR_EXTENSION', 'basicConstraints = CA:TRUE, pathlen:0'),
  'to sign certificates': asking('ERR_KEY_USAGE', 'keyUsage = critical, digitalSignature, keyCertSign'),
  'to sign CRLs': asking('ERR_KEY_USAGE', 'keyUsage = cRLSign'),
  'any purpose': asking('ERR_EXTENDED_KEY_USAGE', 'extendedKeyUsage = clientAuth, anyExtendedKeyUsage'),
  'smart card logon': asking('ERR_EXTENDED_KEY_USAGE', 'extendedKeyUsage = msSmartcardLogin'),
  'to enroll for others': asking('ERR_EXTENDED_KEY_USAGE', 'extendedKeyUsage = 1.3.6.1.4.1.311.20.2.1'),
  'to answer OCSP': asking('ERR_EXTENDED_KEY_USAGE', 'extendedKeyUsage = OCSPSigning'),
  'a security identifier': {
    outcome: 'ERR_IDENTITY_MISMATCH',
    csr: {
      extensions: ['1.3.6.1.4.1.311.25.2 = ASN1:SEQUENCE:sid'],
      sections: `[sid]\nsid = IMP:0, SEQUENCE:name\n[name]\ntype = OID:1.3.6.1.4.1.311.25.2.1\nvalue = EXP:0, FORMAT:ASCII, OCT:${SID}`,
    },
  },
  'a security identifier that is no structure': asking(
    'ERR_IDENTITY_MISMATCH',
    `1.3.6.1.4.1.311.25.2 = ASN1:UTF8:${SID}`,
  ),
  'a security identifier as a URI': {
    outcome: 'ERR_IDENTITY_MISMATCH',
    csr: {
      extensions: ['subjectAltName = @names'],
      sections: `[names]\nURI.1 = tag:microsoft.com,2022-09-14:sid:${SID}`,
    },
  },
  'a template name': asking('issued', '1.3.6.1.4.1.311.20.2 = ASN1:BMP:DomainController'),
  'a template': {
    outcome: 'issued',
    csr: {
      extensions: ['1.3.6.1.4.1.311.21.7 = ASN1:SEQUENCE:template'],
      sections: '[template]\nid = OID:1.3.6.1.4.1.311.21.8.1\nmajor = INT:1',
    },
  },
  'application policies': {
    outcome: 'issued',
    csr: {
      extensions: ['1.3.6.1.4.1.311.21.10 = ASN1:SEQUENCE:policies'],
      sections: '[policies]\none = SEQUENCE:policy\n[policy]\nid = OID:1.3.6.1.4.1.311.20.2.1',
    },
  },
  'name constraints': asking('issued', 'nameConstraints = critical, permitted;DNS:.example'),
  'policy mappings': asking('issued', 'policyMappings = 1.2.3:1.2.4'),
  'policy constraints': asking('issued', 'policyConstraints = requireExplicitPolicy:0'),
  'no policy at all': asking('issued', 'inhibitAnyPolicy = 0'),
  'certificate policies': asking('issued', 'certificatePolicies = 2.5.29.32.0'),
  'another CA’s addresses': asking(
    'issued',
    'authorityInfoAccess = OCSP;URI:http://evil.example/',
    'crlDistributionPoints = URI:http://evil.example/crl',
  ),
  'no revocation': asking('issued', 'noCheck = ignored'),
  'a feature of TLS': asking('issued', 'tlsfeature = status_request'),
  'a proxy certificate': asking('issued', '1.3.6.1.5.5.7.1.14 = critical, DER:3000'),
  'an unknown critical extension': asking('issued', '1.2.3.4.5 = critical, DER:020101'),
  'a key usage that is none': asking('ERR_CSR_MALFORMED', '2.5.29.15 = DER:0500'),
  'basic constraints that are none': asking('ERR_CSR_MALFORMED', '2.5.29.19 = DER:04020000'),
};
