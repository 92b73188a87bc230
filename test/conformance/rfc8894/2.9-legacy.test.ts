/** Single DES and MD5 are refused, unless the endpoint's legacy switch is on (sections 2.9 and 7.5). */
import { describe, expect, it } from 'vitest';
import { readEnvelope } from '../../../dev/scep-client/index.js';
import { staticEndpoint } from '../../support/test-service.js';
import { createBench, issuedBy } from '../../support/scep-bench.js';

const LEGACY = [
  ['single DES', { cipher: 'des' }],
  ['MD5', { digest: 'md5' }],
  ['MD5 in the request inside', { csr: { scheme: { digest: 'md5', padding: 'pkcs1' } } }],
] as const;

describe('the legacy switch', async () => {
  const strict = await createBench();
  const legacy = await createBench({ endpoints: (parts) => [staticEndpoint(parts, { legacy: true })] });

  it.each(LEGACY)('off: %s is badAlg', async (_name, knobs) => {
    expect((await strict.ask(strict.build(knobs))).outcome).toBe('FAILURE badAlg');
    expect(strict.store.records.size).toBe(0);
  });

  it.each(LEGACY)('on: %s is accepted', async (_name, knobs) => {
    expect((await legacy.ask(legacy.build(knobs))).outcome).toBe('SUCCESS');
  });

  it('answers single DES with triple DES, and MD5 with SHA-1', async () => {
    const answer = await legacy.ask(legacy.build({ cipher: 'des', digest: 'md5' }));
    expect(answer.message?.signer.digest).toBe('sha1');
    expect(readEnvelope(answer.message?.envelope ?? new Uint8Array()).cipher).toBe('des3');
    expect(issuedBy(answer).subject).toBe('CN=device');
  });
});
