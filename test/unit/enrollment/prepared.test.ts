import { describe, expect, it } from 'vitest';
import { viewAuthority } from '../../../lib/enrollment/authority-view.js';
import { shaperFor } from '../../../lib/enrollment/prepared.js';
import { createProfile } from '../../../lib/issuance/profile.js';
import { parseCertificationRequest } from '../../../lib/pki/csr.js';
import { buildRequest } from '../../support/request-builder.js';
import { testAuthority } from '../../support/test-authority.js';

const { authority, issuerId } = await testAuthority('ec');
const { issuer } = viewAuthority(authority);
const urls = {
  ocsp: ['http://skep.test/ocsp'],
  caIssuers: ['http://skep.test/ca/{issuer}.cer'],
  crl: ['http://skep.test/crl/{issuer}.crl', 'http://other.test/{issuer}/{issuer}'],
};

describe('shaperFor', () => {
  it('is prepared once for a profile and an issuer', () => {
    const profile = createProfile({ name: 'a' });
    expect(shaperFor(profile, issuer)).toBe(shaperFor(profile, issuer));
    expect(shaperFor(createProfile({ name: 'a' }), issuer)).not.toBe(shaperFor(profile, issuer));
    expect(shaperFor(profile, { ...issuer })).not.toBe(shaperFor(profile, issuer));
  });

  it('names the issuer in the URLs', () => {
    const { tbs } = shaperFor(
      createProfile({ name: 'a', urls }),
      issuer,
    )({
      csr: parseCertificationRequest(buildRequest()),
      now: new Date('2026-11-22T12:00:00Z'),
      random: (length) => Buffer.alloc(length, 7),
      shard: 'A',
    });
    const text = Buffer.from(tbs).toString('latin1');
    expect(text).toContain(`http://skep.test/ca/${issuerId}.cer`);
    expect(text).toContain(`http://skep.test/crl/${issuerId}.crl`);
    expect(text).toContain(`http://other.test/${issuerId}/${issuerId}`);
    expect(text).not.toContain('{issuer}');
  });
});
