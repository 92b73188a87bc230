import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { identifyRequest } from '../../../lib/enrollment/claim.js';

const csr = Buffer.from('a request');
const other = Buffer.from('another request');
type IdentifyParameters = Parameters<typeof identifyRequest>;
const claimOf = (...parameters: IdentifyParameters) => identifyRequest(...parameters).claim;

describe('identifyRequest', () => {
  it('gives hashes in upper-case hex', () => {
    const { claim, csrHash } = identifyRequest('intune', 'challenge', csr, 'secret');
    expect(claim).toMatch(/^[0-9A-F]{64}$/);
    expect(csrHash).toBe(createHash('sha256').update(csr).digest('hex').toUpperCase());
  });

  it('is not the plain hash of the challenge, which a table of challenges could be matched with', () => {
    const plain = createHash('sha256').update('secret').digest('hex').toUpperCase();
    expect(claimOf('intune', 'challenge', csr, 'secret')).not.toBe(plain);
  });

  it('by challenge: the request does not matter', () => {
    expect(claimOf('intune', 'challenge', csr, 'x')).toBe(claimOf('intune', 'challenge', other, 'x'));
    expect(claimOf('intune', 'challenge', csr, 'x')).not.toBe(claimOf('intune', 'challenge', csr, 'y'));
  });

  it('by request: it does', () => {
    expect(claimOf('static', 'request', csr, 'x')).not.toBe(claimOf('static', 'request', other, 'x'));
    expect(claimOf('static', 'request', csr, 'x')).not.toBe(claimOf('static', 'request', csr, 'y'));
  });

  const others: [string, IdentifyParameters][] = [
    ['another endpoint', ['static', 'challenge', csr, 'x']],
    ['another scope', ['intune', 'request', csr, 'x']],
    ['no challenge', ['intune', 'challenge', csr, undefined]],
    ['parts that join to the same text', ['intun', 'challenge', csr, 'ex']],
  ];
  it.each(others)('%s is another claim', (_case, parameters) => {
    expect(claimOf(...parameters)).not.toBe(claimOf('intune', 'challenge', csr, 'x'));
  });

  it('by request: the certificate that it renews matters, and by challenge it does not', () => {
    const renewal = (scope: 'challenge' | 'request') =>
      identifyRequest('static', scope, csr, 'x', '51B0').claim;
    expect(renewal('request')).not.toBe(claimOf('static', 'request', csr, 'x'));
    expect(renewal('challenge')).toBe(claimOf('static', 'challenge', csr, 'x'));
  });

  it('no challenge is not the text null', () => {
    expect(claimOf('a', 'challenge', csr, undefined)).not.toBe(claimOf('a', 'challenge', csr, 'null'));
  });
});
