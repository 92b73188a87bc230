/**
 * @module The sign operations of the vault's audit log, out of every form in which it is handed over: the answer of the
 * query API (`{tables}`), what `az monitor log-analytics query` prints (an array), or records of a storage account; of
 * the table AZKVAuditLogs, or of AzureDiagnostics, whose columns end in the letter of their type.
 */
import { CliError, EXIT, usageError } from '../terminal.js';

export interface VaultSignature {
  readonly at: Date;
  readonly keyVersion: string;
  /** The caller's request id, lower case; empty when there was none. */
  readonly id: string;
  /** Object or application id of the caller, as far as it was logged. */
  readonly caller: string;
  readonly address: string;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * Successful signatures of one key, oldest first.
 * @throws {CliError} with exit code 2 for what is no such log, with 1 for a part of one.
 */
export function parseSignatures(text: string, keyName: string, what: string): readonly VaultSignature[] {
  const rows = toRows(parseJson(text, what), what).map(normalise);
  return rows
    .filter((row) => row['operationname'] === 'KeySign' && isSuccess(row))
    .flatMap((row) => toSignature(row, keyName))
    .sort((a, b) => a.at.getTime() - b.at.getTime());
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Blobs of a storage account hold one record a line.
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (lines.length === 0) throw notALog(what);
    try {
      return lines.map((line) => JSON.parse(line) as unknown);
    } catch {
      throw notALog(what);
    }
  }
}

function toRows(value: unknown, what: string): readonly Row[] {
  if (Array.isArray(value)) return value.filter(isRow);
  if (!isRow(value)) throw notALog(what);
  if ('operationname' in normalise(value)) return [value];
  if (Array.isArray(value['records'])) return value['records'].filter(isRow);
  if (isRow(value['error'])) throw incomplete(value['error'], what);
  const [table] = (Array.isArray(value['tables']) ? value['tables'] : []) as unknown[];
  if (!isRow(table) || !Array.isArray(table['columns']) || !Array.isArray(table['rows'])) throw notALog(what);
  const names = table['columns'].map((column) => (isRow(column) ? String(column['name']) : ''));
  return table['rows'].map(
    (cells) => Object.fromEntries(names.map((name, i) => [name, (cells as unknown[])[i]])) as Row,
  );
}

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const notALog = (what: string) =>
  usageError(`${what} is no audit log of a key vault.`, 'docs/audit.md says how to export one.');

/** The query API answers 200 with the rows that it has, and an error beside them, where there would be more. */
const incomplete = ({ code }: Row, what: string): CliError =>
  new CliError(
    EXIT.failed,
    'ERR_INCOMPLETE',
    `${what} is not all of the log (${typeof code === 'string' ? code : 'an error stands in it'}).`,
    'Compare a shorter time: --from and --until.',
  );

/** One name for one thing: letters in lower case, without the type's suffix; members of `properties` beside the others. */
function normalise(row: Row): Row {
  const inner = isRow(row['properties']) ? row['properties'] : {};
  return Object.fromEntries(
    Object.entries({ ...row, ...inner })
      .filter(([, value]) => value !== null && value !== '')
      .map(([name, value]) => [name.toLowerCase().replace(/_[sdgtb]$/, ''), value]),
  );
}

const textOf = (row: Row, ...names: readonly string[]): string => {
  const value = names.map((name) => row[name]).find((one) => typeof one === 'string' && one !== '');
  return typeof value === 'string' ? value : '';
};

function isSuccess(row: Row): boolean {
  const status = Number(row['httpstatuscode'] ?? NaN);
  return Number.isNaN(status) ? textOf(row, 'resulttype') === 'Success' : status >= 200 && status < 300;
}

function toSignature(row: Row, keyName: string): VaultSignature[] {
  const [, name, version] =
    /\/keys\/([^/?]+)\/([^/?]+)/.exec(textOf(row, 'id')) ??
    /\/keys\/([^/?]+)\/([^/?]+)/.exec(textOf(row, 'requesturi')) ??
    [];
  const at = new Date(textOf(row, 'timegenerated', 'time'));
  if (name?.toLowerCase() !== keyName.toLowerCase() || version === undefined || Number.isNaN(at.getTime()))
    return [];
  return [
    {
      at,
      keyVersion: version,
      id: textOf(row, 'correlationid').toLowerCase(),
      caller: callerOf(row),
      address: textOf(row, 'calleripaddress'),
    },
  ];
}

function callerOf(row: Row): string {
  const identity = typeof row['identity'] === 'string' ? parseQuietly(row['identity']) : row['identity'];
  const claim = isRow(identity) && isRow(identity['claim']) ? normalise(identity['claim']) : {};
  return (
    textOf(claim, 'http://schemas.microsoft.com/identity/claims/objectidentifier', 'oid', 'appid') ||
    textOf(
      row,
      'identity_claim_http_schemas_microsoft_com_identity_claims_objectidentifier',
      'identity_claim_oid',
      'identity_claim_appid',
    )
  );
}

function parseQuietly(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
