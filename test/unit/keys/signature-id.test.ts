import { createHash } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startVaultSimulator } from '../../../dev/vault/server.js';
import { openVaultKey } from '../../../lib/keys/key-vault.js';
import { signatureIdOf } from '../../../lib/keys/signature-id.js';
import { connectTo, keyDefaults } from '../../support/vault.js';

const DATA = Buffer.from('what is signed');
const HASH = createHash('sha256').update(DATA).digest('hex');

describe('the id of a signature', () => {
  it('is the first half of the hash of what is signed, as a GUID', () => {
    expect(signatureIdOf('0123456789ABCDEF0123456789ABCDEF'.padEnd(64, 'F'))).toBe(
      '01234567-89ab-cdef-0123-456789abcdef',
    );
  });

  // Of SHA-256, whatever digest the algorithm of the key has.
  it.each([
    ['P-256', 'ES256'],
    ['P-384', 'ES384'],
  ] as const)('stands in the vault’s audit log: %s', async (size, algorithm) => {
    const vault = await startVaultSimulator();
    onTestFinished(() => vault.close());
    vault.createKey('ca', { kty: 'EC-HSM', size });
    const { id, signer } = await openVaultKey({ connection: connectTo(vault), name: 'ca', ...keyDefaults });
    await signer.sign(DATA, algorithm);
    vault.meter.faults.push({ operation: 'sign', status: 403, times: 1 });
    await expect(signer.sign(DATA, algorithm)).rejects.toMatchObject({ code: 'ERR_SIGNER_REFUSED' });
    const row = { OperationName: 'KeySign', Id: id, CorrelationId: signatureIdOf(HASH) };
    expect(vault.auditRows).toMatchObject([
      { ...row, HttpStatusCode: 200, ResultType: 'Success' },
      { ...row, HttpStatusCode: 403, ResultType: 'Failed' },
    ]);
  });
});
