import { createHash, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { viewAuthority } from '../../../lib/enrollment/authority-view.js';
import { codeOf } from '../../support/error-code.js';
import { testAuthority } from '../../support/test-authority.js';

const { authority, issuerId } = await testAuthority('ec');

describe('viewAuthority', () => {
  it('reads the certificates', () => {
    const view = viewAuthority(authority);
    const certificate = new X509Certificate(authority.issuer.certificate);
    const spki = certificate.publicKey.export({ format: 'der', type: 'spki' });
    expect(view.issuer.id).toBe(issuerId);
    expect(view.issuer.id).toBe(createHash('sha256').update(spki).digest('hex').toUpperCase());
    expect(view.recipients[0].certificate.der).toEqual(authority.recipients[0].certificate);
    expect(view.trusted.map(({ der }) => der)).toEqual(authority.trusted);
    expect('next' in view).toBe(false);
  });

  it('reads one authority once', () => {
    expect(viewAuthority(authority)).toBe(viewAuthority(authority));
    expect(viewAuthority({ ...authority })).not.toBe(viewAuthority(authority));
  });

  it('fails for what is no certificate', () => {
    const broken = { ...authority, trusted: [Uint8Array.of(1)] };
    expect(codeOf(() => viewAuthority(broken))).toBe('ERR_DER');
  });
});
