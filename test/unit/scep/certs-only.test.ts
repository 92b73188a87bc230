import { describe, expect, it } from 'vitest';
import { readSignedData } from '../../../dev/scep-client/index.js';
import { encodeCertsOnly } from '../../../lib/scep/certs-only.js';
import { certificatesIn } from '../../support/openssl-cms.js';
import { issueLeaf, testAuthority } from '../../support/test-authority.js';

const { authority } = await testAuthority('ec');
const leaves = await Promise.all(['CN=b', 'CN=a'].map((subject) => issueLeaf(authority.issuer, { subject })));

describe('encodeCertsOnly', () => {
  it('keeps the order, and openssl reads it', () => {
    expect(certificatesIn(encodeCertsOnly(leaves))).toEqual(['CN = b', 'CN = a']);
    expect(certificatesIn(encodeCertsOnly([...leaves].reverse()))).toEqual(['CN = a', 'CN = b']);
  });

  it('has no content and nobody’s signature', () => {
    const { content, signers, crls, contentType } = readSignedData(encodeCertsOnly(leaves));
    expect({ content, signers, crls }).toEqual({ content: undefined, signers: [], crls: [] });
    expect(contentType).toBe('1.2.840.113549.1.7.1');
  });
});
