import { describe, expect, it } from 'vitest';
import { assertIdentified, readIdentity } from '../../../../lib/issuance/names/identity.js';
import { readWhole } from '../../../../lib/pki/der.js';
import {
  encodeGeneralName,
  type GeneralName,
  type GeneralNameKind,
} from '../../../../lib/pki/general-names.js';
import { encodeName, readName } from '../../../../lib/pki/name.js';
import { createProfile } from '../../../../lib/issuance/profile.js';
import { codeOf } from '../../../support/error-code.js';

const ID = '0a5b3c86-6ac0-4a3c-9a3e-1e0ccf0f2a3b';
const OTHER = '11111111-2222-3333-4444-555555555555';

const name = (kind: Exclude<GeneralNameKind, 'other'>, value: string): GeneralName => ({
  kind,
  value,
  der: encodeGeneralName(kind, value),
});
const identity = (subject: string, ...names: GeneralName[]) =>
  readIdentity(readName(readWhole(encodeName(subject))), names);

describe('readIdentity', () => {
  it.each([
    ['of an alternative name', 'CN=x', [name('uri', `IntuneDeviceId://${ID}`)]],
    ['in any case', 'CN=x', [name('uri', `INTUNEDEVICEID://${ID.toUpperCase()}`)]],
    ['with a closing slash', 'CN=x', [name('uri', `IntuneDeviceId://${ID}/`)]],
    ['of the common name', `CN=${ID.toUpperCase()},O=x`, []],
    [
      'of the alternative name before the common name',
      `CN=${OTHER}`,
      [name('uri', `IntuneDeviceId://${ID}`)],
    ],
  ])('finds the device id %s', (_, subject, names) => {
    expect(identity(subject, ...names)).toEqual({ deviceId: ID });
  });

  it.each([
    ['CN=x', [name('uri', `https://contoso.com/${ID}`)]],
    ['CN=x', [name('dns', ID)]],
    [`OU=${ID}`, []],
    [`CN=device-${ID}`, []],
  ])('finds none in %s', (subject, names) => {
    expect(identity(subject, ...names)).toEqual({});
  });

  it('finds the user', () => {
    expect(identity('CN=x', name('email', 'mail@contoso.com'), name('upn', 'User@Contoso.com'))).toEqual({
      user: 'user@contoso.com',
    });
  });
});

describe('assertIdentified', () => {
  const demanding = createProfile({ name: 'test', requireIdentity: true });

  it('refuses a certificate that names neither device nor user, where the profile demands one', () => {
    expect(
      codeOf(() => {
        assertIdentified({}, demanding);
      }),
    ).toBe('ERR_SAN');
  });

  it.each([{ deviceId: ID }, { user: 'a@contoso.com' }])('accepts %o', (named) => {
    expect(() => {
      assertIdentified(named, demanding);
    }).not.toThrow();
  });

  it('demands nothing by default', () => {
    expect(() => {
      assertIdentified({}, createProfile({ name: 'test' }));
    }).not.toThrow();
  });
});
