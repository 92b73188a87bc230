import { describe, expect, it } from 'vitest';
import type { AuditInput, CertificateRow } from '../../../cli/audit/model.js';
import { reconcile } from '../../../cli/audit/reconcile.js';
import type { VaultSignature } from '../../../cli/audit/vault-rows.js';
import { DAY_MS, MINUTE_MS } from '../../../lib/base/clock.js';
import { signatureIdOf } from '../../../lib/keys/signature-id.js';
import type { LedgerEntry } from '../../../lib/ledger/chain.js';
import { hex64, ISSUER_ID } from '../ledger/events.js';

const UNTIL = new Date('2026-03-08T12:00:00Z');
const FROM = new Date(UNTIL.getTime() - 7 * DAY_MS);
const MIDDLE = new Date(UNTIL.getTime() - DAY_MS);
const ago = (minutes: number) => new Date(UNTIL.getTime() - minutes * MINUTE_MS);

/** Ids are made of the first half of a hash. */
const hashOf = (n: number) => `${n}`.padEnd(64, '0');

const signature = (hash: string, at = MIDDLE, keyVersion = 'v1'): VaultSignature => ({
  at,
  keyVersion,
  id: signatureIdOf(hash),
  caller: 'app',
  address: '',
});

/** What everybody has of one certificate. */
function certificate(n: number, at = MIDDLE) {
  const serialNumber = `4A0${n}`;
  const signedHash = hashOf(n);
  const certificateHash = hex64(n);
  const request = { serialNumber, endpoint: 'intune', signedHash };
  const line = { sequence: n, previous: hex64(0), issuerId: ISSUER_ID, csrHash: hex64(n) };
  const entry: LedgerEntry = { ...line, ...request, kind: 'issued', at, certificateHash };
  const row: CertificateRow = {
    ...request,
    state: 'delivered',
    thumbprint: `AB0${n}`,
    sha256: certificateHash,
    issuedAt: at,
    deliveredAt: at,
    notAfter: new Date(UNTIL.getTime() + DAY_MS),
  };
  return { entry, row, signature: signature(signedHash, at) };
}
const [A, B] = [certificate(1), certificate(2)];

const judge = (changes: Partial<AuditInput> = {}) =>
  reconcile({
    from: FROM,
    until: UNTIL,
    settleMs: 15 * MINUTE_MS,
    slackMs: 2 * MINUTE_MS,
    entries: [A.entry, B.entry],
    rows: [A.row, B.row],
    signatures: [A.signature, B.signature],
    known: [],
    intune: [{ serialNumber: '4A01' }, { thumbprint: 'AB02' }],
    intuneEndpoints: new Set(['intune']),
    ...changes,
  });
const kinds = (changes: Partial<AuditInput>) => judge(changes).unexplained.map(({ kind }) => kind);

describe('the comparison', () => {
  it('finds nothing where all agree', () => {
    expect(judge()).toMatchObject({
      unexplained: [],
      counts: { signatures: 2, 'for certificate': 2, issuedEntries: 2, issuedRows: 2, intuneRecords: 2 },
    });
  });

  it.each<[string, Partial<AuditInput>, string[]]>([
    [
      'a signature of something unknown',
      { signatures: [A.signature, B.signature, signature(hashOf(9))] },
      ['signature-without-entry'],
    ],
    [
      'one that is too young to be judged',
      { signatures: [A.signature, B.signature, signature(hashOf(9), ago(5))] },
      [],
    ],
    [
      'one that a row alone tells of',
      {
        entries: [A.entry],
        rows: [A.row, { ...B.row, state: 'reserved', issuedAt: undefined, sha256: undefined }],
      },
      [],
    ],
    [
      'one that a person explains',
      { signatures: [A.signature, B.signature, signature(hashOf(9))], known: [hashOf(9)] },
      [],
    ],
    ['two signatures of the same', { signatures: [A.signature, B.signature, B.signature] }, ['signed-again']],
    ['a certificate that was not signed', { signatures: [A.signature] }, ['entry-without-signature']],
    [
      'one so young that the vault’s log may lack it',
      {
        signatures: [A.signature],
        entries: [A.entry, certificate(2, ago(3)).entry],
        rows: [A.row, certificate(2, ago(3)).row],
      },
      [],
    ],
    ['a row that the log does not tell of', { entries: [A.entry] }, ['row-without-entry']],
    [
      'one so young that it may not be in the log yet',
      { entries: [A.entry], rows: [A.row, certificate(2, ago(3)).row] },
      [],
    ],
    [
      'an entry whose row is gone',
      { rows: [A.row], intune: [{ serialNumber: '4A01' }] },
      ['entry-without-row'],
    ],
    ['another certificate in the row', { rows: [A.row, { ...B.row, sha256: hex64(77) }] }, ['row-differs']],
    [
      'a certificate of Intune’s without a row',
      { intune: [{ serialNumber: '4A01' }, { thumbprint: 'AB02' }, { serialNumber: '99' }] },
      ['intune-without-row'],
    ],
    ['one in use that Intune does not count', { intune: [{ serialNumber: '4A01' }] }, ['row-without-intune']],
    [
      'one that is revoked',
      { intune: [{ serialNumber: '4A01' }], rows: [A.row, { ...B.row, state: 'revoked' }] },
      [],
    ],
    [
      'one of another endpoint',
      { intune: [{ serialNumber: '4A01' }], rows: [A.row, { ...B.row, endpoint: 'static' }] },
      [],
    ],
    [
      'one that Intune is told of late',
      { intune: [{ serialNumber: '4A01' }], rows: [A.row, { ...B.row, deliveredAt: ago(60) }] },
      [],
    ],
  ])('%s', (_what, changes, expected) => {
    expect(kinds(changes)).toEqual(expected);
  });

  it('names what is unexplained, so that somebody can look', () => {
    const [found] = judge({ signatures: [A.signature, B.signature, signature(hashOf(9))] }).unexplained;
    expect(found?.text).toContain(MIDDLE.toISOString());
    expect(found?.text).toContain('key version v1');
    expect(found?.text).toContain('caller app');
  });

  it('judges neither vault nor Intune where it has no record of them', () => {
    expect(judge({ signatures: undefined, intune: undefined }).counts).toEqual({
      issuedEntries: 2,
      issuedRows: 2,
      rowsInFlight: 0,
    });
  });
});

describe('without request ids', () => {
  const blind = (count: number, version = 'v1', at = MIDDLE) =>
    Array.from({ length: count }, () => ({ ...signature('', at, version), id: '' }));
  const crl: LedgerEntry = {
    sequence: 3,
    previous: hex64(0),
    kind: 'signed',
    at: MIDDLE,
    issuerId: ISSUER_ID,
    purpose: 'crl',
    signedHash: hashOf(3),
  };
  const entries = [A.entry, B.entry, crl];

  it.each<[string, Partial<AuditInput>, string[]]>([
    ['as many as certificates', { signatures: blind(2) }, []],
    ['as many as entries', { signatures: blind(3) }, []],
    ['one more', { signatures: blind(4) }, ['too-many-signatures']],
    ['one more, explained', { signatures: blind(4), known: [hashOf(9)] }, []],
    ['one more, a moment ago', { signatures: [...blind(3), ...blind(1, 'v1', ago(1))] }, []],
    ['fewer than certificates', { signatures: blind(1) }, ['too-few-signatures']],
    [
      'by another version of the key',
      { signatures: [...blind(1), ...blind(1, 'v2')] },
      ['unknown-key-version'],
    ],
  ])('%s', (_what, changes, expected) => {
    const result = judge({ entries, ...changes });
    expect(result.unexplained.map(({ kind }) => kind)).toEqual(expected);
    expect(result.notes).toEqual([expect.stringContaining('numbers were compared, not signatures')]);
  });
});
