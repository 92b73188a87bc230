import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashSignedParts } from '../../../cli/audit/known.js';
import { parseIntuneRecords } from '../../../cli/audit/intune-records.js';
import { parseSignatures } from '../../../cli/audit/vault-rows.js';
import { CliError } from '../../../cli/terminal.js';
import { VECTORS } from '../../support/vectors.js';

const ID = 'https://contoso.vault.azure.net/keys/skep-ca/0123456789abcdef0123456789abcdef';
const AT = '2026-03-01T10:00:00.1234567Z';
const OID = 'http://schemas.microsoft.com/identity/claims/objectidentifier';
const SIGNATURE = {
  at: new Date('2026-03-01T10:00:00.123Z'),
  keyVersion: '0123456789abcdef0123456789abcdef',
  id: '11111111-2222-3333-4444-555555555555',
  caller: 'object-1',
  address: '203.0.113.9',
};

/** A row of the table AZKVAuditLogs. */
const MODERN = {
  TimeGenerated: AT,
  OperationName: 'KeySign',
  ResultType: 'Success',
  HttpStatusCode: 200,
  Id: ID,
  CorrelationId: SIGNATURE.id.toUpperCase(),
  CallerIpAddress: SIGNATURE.address,
  Identity: JSON.stringify({ claim: { [OID]: 'object-1', appid: 'app-1' } }),
};
/** A row of AzureDiagnostics. */
const LEGACY = {
  TimeGenerated: AT,
  OperationName: 'KeySign',
  ResultType: 'Success',
  httpStatusCode_d: 200,
  id_s: ID,
  CorrelationId: SIGNATURE.id,
  CallerIPAddress: SIGNATURE.address,
  identity_claim_http_schemas_microsoft_com_identity_claims_objectidentifier_g: 'object-1',
};
/** A record of a storage account. */
const RECORD = {
  time: AT,
  operationName: 'KeySign',
  resultType: 'Success',
  callerIpAddress: SIGNATURE.address,
  correlationId: SIGNATURE.id,
  identity: { claim: { [OID]: 'object-1' } },
  properties: { id: ID, httpStatusCode: 200, requestUri: `${ID}/sign?api-version=7.5` },
};
const table = (row: Readonly<Record<string, unknown>>) => ({
  tables: [
    {
      name: 'PrimaryResult',
      columns: [...Object.keys(row), 'id_s'].map((name) => ({ name, type: 'string' })),
      rows: [[...Object.values(row), '']],
    },
  ],
});

const FORMS: Readonly<Record<string, string>> = {
  'an array, as az prints it': JSON.stringify([MODERN]),
  'the answer of the query API, with empty columns of the other table': JSON.stringify(table(MODERN)),
  'rows of AzureDiagnostics': JSON.stringify([LEGACY]),
  'records of a storage account': JSON.stringify({ records: [RECORD] }),
  'the same, one a line': `${JSON.stringify(RECORD)}\n`,
};

const parse = (rows: unknown) => parseSignatures(JSON.stringify(rows), 'skep-ca', 'x.json');

describe('the vault’s audit log', () => {
  it.each(Object.entries(FORMS))('is read as %s', (_form, text) => {
    expect(parseSignatures(text, 'skep-ca', 'x.json')).toEqual([SIGNATURE]);
  });

  it('is refused where the query API had to leave rows out', () => {
    const part = { ...table(MODERN), error: { code: 'PartialError', message: 'too many' } };
    expect(() => parse(part)).toThrow(/x\.json is not all of the log \(PartialError\)/);
  });

  it('counts successful signatures of the CA key alone, oldest first', () => {
    const earlier = { ...MODERN, TimeGenerated: '2026-03-01T09:00:00Z', CorrelationId: '' };
    const rows = [
      MODERN,
      { ...MODERN, HttpStatusCode: 429, ResultType: 'Failed' },
      { ...MODERN, OperationName: 'KeyDecrypt' },
      { ...MODERN, Id: ID.replace('skep-ca', 'skep-ra') },
      { ...MODERN, Id: '' },
      earlier,
    ];
    expect(parse(rows).map(({ id }) => id)).toEqual(['', SIGNATURE.id]);
  });

  it('is not a row that says nothing of its result', () => {
    const { HttpStatusCode: _status, ResultType: _result, ...silent } = MODERN;
    expect(parse([silent])).toEqual([]);
  });

  it.each(['', 'x', '{}', '{"tables":[]}', '"text"', '7'])('is not %j', (text) => {
    expect(() => parseSignatures(text, 'skep-ca', 'x.json')).toThrow(CliError);
  });
});

describe('Intune’s list', () => {
  it('is read as CSV, with quotes, a mark at its beginning, and columns in any order', () => {
    const csv = '\uFEFF"Device, name",Thumbprint,Serial number\r\n"a ""b"", c",ab:cd,00 4A 0F\r\nd,,4b\r\n';
    expect(parseIntuneRecords(csv, 'x.csv')).toEqual([
      { serialNumber: '4A0F', thumbprint: 'ABCD' },
      { serialNumber: '4B', thumbprint: undefined },
    ]);
  });

  it('is read as Graph answers it, and as the simulator does', () => {
    const graph = { value: [{ certificateSerialNumber: '0x4a0f', certificateThumbprint: null, other: 1 }] };
    expect(parseIntuneRecords(JSON.stringify(graph), 'x')).toEqual([
      { serialNumber: '4A0F', thumbprint: undefined },
    ]);
    expect(parseIntuneRecords('[{"serialNumber":"4A","thumbprint":"ab"}]', 'x')).toEqual([
      { serialNumber: '4A', thumbprint: 'AB' },
    ]);
  });

  it('is not one page of several', () => {
    const page = { '@odata.nextLink': 'https://graph.microsoft.com/beta/x?$skiptoken=1', value: [] };
    expect(() => parseIntuneRecords(JSON.stringify(page), 'x.json')).toThrow(/x\.json is one page/);
  });

  it.each(['', 'Device,User\r\na,b\r\n'])('is not %j', (text) => {
    expect(() => parseIntuneRecords(text, 'x.csv')).toThrow(/neither a serial number nor a thumbprint/);
  });
});

describe('what people signed', () => {
  it('is known by the hash of the part that was signed, PEM or DER', () => {
    const pem = readFileSync(join(VECTORS, 'keys', 'b-ca-cert.pem'));
    const der = Buffer.from(pem.toString().replace(/-----[^-]+-----/g, ''), 'base64');
    // The first element of a Certificate, by hand: tag, four octets of header, then its contents.
    const length = der.readUInt16BE(6) + 4;
    const expected = createHash('sha256')
      .update(der.subarray(4, 4 + length))
      .digest('hex')
      .toUpperCase();
    expect(hashSignedParts(der, 'x')).toEqual([expected]);
    expect(hashSignedParts(Buffer.concat([pem, pem]), 'x')).toEqual([expected, expected]);
  });

  it('is not anything else', () => {
    expect(() => hashSignedParts(Buffer.from('x'), 'x.txt')).toThrow(/neither DER nor PEM/);
    expect(() => hashSignedParts(Buffer.from([0x30, 0]), 'x')).toThrow(CliError);
  });
});
