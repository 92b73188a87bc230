import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { identifyRequest, type Asked } from '../../../lib/enrollment/claim.js';

const csr = Buffer.from('a request');
const other = Buffer.from('another request');

const once: Asked = {
  endpoint: 'wifi',
  scope: 'challenge',
  validator: { name: 'intune' },
  csr,
  challenge: 'x',
  renews: undefined,
};
const shared: Asked = { ...once, endpoint: 'static', scope: 'request', validator: { name: 'static' } };
const claimOf = (asked: Asked) => identifyRequest(asked).claim;

it('gives hashes in upper-case hex', () => {
  const { claim, csrHash } = identifyRequest(once);
  expect(claim).toMatch(/^[0-9A-F]{64}$/);
  expect(csrHash).toBe(createHash('sha256').update(csr).digest('hex').toUpperCase());
});

it('is not the plain hash of the challenge, which a table of challenges could be matched with', () => {
  expect(claimOf(once)).not.toBe(createHash('sha256').update('x').digest('hex').toUpperCase());
});

describe('by challenge', () => {
  it.each<[string, Partial<Asked>]>([
    ['the request', { csr: other }],
    ['the endpoint', { endpoint: 'vpn' }],
    ['the certificate that signed it', { renews: '51B0' }],
  ])('%s does not matter', (_case, change) => {
    expect(claimOf({ ...once, ...change })).toBe(claimOf(once));
  });

  it.each<[string, Partial<Asked>]>([
    ['another challenge', { challenge: 'y' }],
    ['no challenge', { challenge: undefined }],
    ['another validator', { validator: { name: 'other' } }],
    ['another scope', { scope: 'request', endpoint: 'intune' }],
    ['parts that join to the same text', { validator: { name: 'intun' }, challenge: 'ex' }],
  ])('%s is another claim', (_case, change) => {
    expect(claimOf({ ...once, ...change })).not.toBe(claimOf(once));
  });

  it('no challenge is not the text null', () => {
    expect(claimOf({ ...once, challenge: undefined })).not.toBe(claimOf({ ...once, challenge: 'null' }));
  });

  it('its validator says which spellings are one', () => {
    const validator = { name: 'intune', identify: (challenge: string) => challenge.trim() };
    expect(claimOf({ ...once, validator, challenge: ' x\n' })).toBe(claimOf({ ...once, validator }));
    expect(claimOf({ ...once, validator, challenge: 'y' })).not.toBe(claimOf({ ...once, validator }));
  });
});

describe('by request', () => {
  it.each<[string, Partial<Asked>]>([
    ['another request', { csr: other }],
    ['another challenge', { challenge: 'y' }],
    ['no challenge', { challenge: undefined }],
    ['another endpoint', { endpoint: 'printers' }],
    ['the renewal of a certificate', { renews: '51B0' }],
  ])('%s is another claim', (_case, change) => {
    expect(claimOf({ ...shared, ...change })).not.toBe(claimOf(shared));
  });
});
