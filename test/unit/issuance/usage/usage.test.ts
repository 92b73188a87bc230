import { describe, expect, it } from 'vitest';
import { readRequested } from '../../../../lib/issuance/requested.js';
import { refuseAuthority } from '../../../../lib/issuance/usage/authority.js';
import { shapeExtendedKeyUsage } from '../../../../lib/issuance/usage/extended-key-usage.js';
import { noteIgnoredExtensions } from '../../../../lib/issuance/usage/ignored-extensions.js';
import { shapeKeyUsage } from '../../../../lib/issuance/usage/key-usage.js';
import { parseCertificationRequest } from '../../../../lib/pki/csr.js';
import {
  boolean,
  encode,
  integer,
  NULL,
  octetString,
  sequence,
  TAG,
  utf8String,
} from '../../../../lib/pki/der.js';
import {
  basicConstraints,
  extendedKeyUsage,
  extension,
  keyUsage,
  type KeyUsage,
} from '../../../../lib/pki/extensions.js';
import { OID } from '../../../../lib/pki/oids.js';
import { codeOf, detailOf } from '../../../support/error-code.js';
import { ruleRequest, type RuleInput } from '../../../support/issuance.js';
import { buildRequest } from '../../../support/request-builder.js';

const withExtensions = (extensions: readonly Uint8Array[], profile: RuleInput['profile'] = {}) =>
  ruleRequest({ request: { extensions }, profile });

describe('key usage', () => {
  const shape = (usages: KeyUsage[], profile: RuleInput['profile'] = {}) => {
    const { request, notes } = withExtensions([keyUsage(usages)], profile);
    return { usages: shapeKeyUsage(request), notes };
  };

  it('is the profile’s when nothing is asked for', () => {
    expect(shapeKeyUsage(ruleRequest().request)).toEqual(['digitalSignature', 'keyEncipherment']);
    expect(shapeKeyUsage(ruleRequest({ profile: { keyUsage: ['digitalSignature'] } }).request)).toEqual([
      'digitalSignature',
    ]);
  });

  it('is what was asked for', () => {
    expect(shape(['digitalSignature'])).toEqual({ usages: ['digitalSignature'], notes: [] });
    expect(shape(['keyEncipherment', 'digitalSignature']).usages).toEqual([
      'digitalSignature',
      'keyEncipherment',
    ]);
  });

  it('drops what devices do not get, and says so', () => {
    const { usages, notes } = shape([
      'digitalSignature',
      'nonRepudiation',
      'dataEncipherment',
      'decipherOnly',
    ]);
    expect(usages).toEqual(['digitalSignature']);
    expect(notes).toEqual([
      {
        code: 'key-usage-dropped',
        security: false,
        detail: 'nonRepudiation, dataEncipherment, decipherOnly',
      },
    ]);
    expect(shape(['digitalSignature', 'keyEncipherment'], { keyUsage: ['digitalSignature'] }).usages).toEqual(
      ['digitalSignature'],
    );
  });

  it.each<[KeyUsage[], string]>([
    [['keyCertSign'], 'keyCertSign'],
    [['digitalSignature', 'cRLSign'], 'cRLSign'],
    [['digitalSignature', 'keyCertSign', 'cRLSign'], 'keyCertSign, cRLSign'],
    [['nonRepudiation'], 'nonRepudiation'],
    [[], 'none'],
  ])('%j is refused', (usages, detail) => {
    expect(codeOf(() => shape(usages))).toBe('ERR_KEY_USAGE');
    expect(detailOf(() => shape(usages))).toBe(detail);
  });
});

describe('extended key usage', () => {
  const shape = (purposes: string[], profile: RuleInput['profile'] = {}) =>
    shapeExtendedKeyUsage(withExtensions([extendedKeyUsage(purposes)], profile).request);

  it('is the profile’s when nothing is asked for', () => {
    expect(shapeExtendedKeyUsage(ruleRequest().request)).toEqual([OID.clientAuth]);
  });

  it('is what was asked for, each once', () => {
    expect(shape([OID.serverAuth, OID.clientAuth, OID.serverAuth])).toEqual([OID.serverAuth, OID.clientAuth]);
  });

  it.each([
    OID.anyExtendedKeyUsage,
    OID.ocspSigning,
    OID.certificateRequestAgent,
    OID.smartCardLogon,
    '1.3.6.1.5.2.3.5',
    '1.3.6.1.5.5.7.3.3',
    '1.2.3.4',
  ])('%s is refused, even beside what is allowed', (purpose) => {
    expect(codeOf(() => shape([OID.clientAuth, purpose]))).toBe('ERR_EXTENDED_KEY_USAGE');
    expect(detailOf(() => shape([OID.clientAuth, purpose]))).toBe(purpose);
  });

  it('follows the profile', () => {
    expect(shape([OID.smartCardLogon], { extendedKeyUsage: ['smartCardLogon'] })).toEqual([
      OID.smartCardLogon,
    ]);
    expect(codeOf(() => shape([OID.serverAuth], { extendedKeyUsage: ['clientAuth'] }))).toBe(
      'ERR_EXTENDED_KEY_USAGE',
    );
  });
});

describe('a certification authority', () => {
  const check = (value: Uint8Array) =>
    codeOf(() => {
      refuseAuthority(withExtensions([extension(OID.basicConstraints, value)]).request);
    });

  it('is not made', () => {
    expect(check(sequence(boolean(true)))).toBe('ERR_EXTENSION');
    expect(check(sequence(boolean(true), integer(0)))).toBe('ERR_EXTENSION');
    // True for BER, false for a reader that knows 255 alone.
    expect(check(sequence(encode(TAG.boolean, Uint8Array.of(1))))).toBe('ERR_EXTENSION');
  });

  it('may be asked not to be', () => {
    expect(check(sequence())).toBeUndefined();
    expect(check(sequence(boolean(false)))).toBeUndefined();
  });
});

describe('other extensions', () => {
  it('are noted, a security identifier as an attack', () => {
    const { request, notes } = withExtensions([
      extension(OID.msNtdsCaSecurity, sequence()),
      extension('1.3.6.1.4.1.311.21.10', sequence()),
      extension(OID.nameConstraints, sequence(), true),
      keyUsage(['digitalSignature']),
      basicConstraints({ ca: false }),
    ]);
    noteIgnoredExtensions(request);
    expect(notes).toEqual([
      { code: 'sid-extension', security: true, detail: OID.msNtdsCaSecurity },
      { code: 'extension-ignored', security: false, detail: '1.3.6.1.4.1.311.21.10' },
      { code: 'extension-ignored', security: false, detail: OID.nameConstraints },
    ]);
  });
});

describe('readRequested', () => {
  const read = (type: string, value: Uint8Array) =>
    codeOf(() =>
      readRequested(parseCertificationRequest(buildRequest({ extensions: [extension(type, value)] }))),
    );

  it.each<[string, string, Uint8Array]>([
    ['alternative names without a name', OID.subjectAltName, sequence()],
    ['alternative names that are no sequence', OID.subjectAltName, octetString(new Uint8Array())],
    ['a key usage that is no bit string', OID.keyUsage, NULL],
    ['a key usage with something after it', OID.keyUsage, Buffer.from('030205A00500', 'hex')],
    ['an extended key usage without a purpose', OID.extKeyUsage, sequence()],
    ['a purpose that is no identifier', OID.extKeyUsage, sequence(utf8String('clientAuth'))],
    ['basic constraints of text', OID.basicConstraints, sequence(utf8String('CA'))],
  ])('refuses %s', (_, type, value) => {
    expect(read(type, value)).toBe('ERR_CSR_MALFORMED');
  });

  it('does not open what no rule names', () => {
    expect(read('1.2.3.4', Buffer.from('not DER'))).toBeUndefined();
  });
});
