/** @module What the app says of a time: the end of its issuance log, checked, and the rows of its certificates. */
import * as v from 'valibot';
import { HOUR_MS } from '../../lib/base/clock.js';
import { assertHead, walkChain, type LedgerEntry } from '../../lib/ledger/chain.js';
import { EMPTY_HEAD, type LedgerHead } from '../../lib/ledger/ledger.js';
import { readAnswer } from '../management/answers.js';
import type { ManagementClient } from '../management/client.js';
import { CliError } from '../terminal.js';
import { downloadLines } from './log-source.js';
import type { CertificateRow, IntuneRecord } from './model.js';

const date = v.pipe(
  v.string(),
  v.transform((text) => new Date(text)),
);
const Row = v.object({
  serialNumber: v.string(),
  state: v.string(),
  endpoint: v.string(),
  thumbprint: v.optional(v.string()),
  signedHash: v.string(),
  sha256: v.optional(v.string()),
  issuedAt: v.optional(date),
  deliveredAt: v.optional(date),
  notAfter: date,
});
const RowPage = v.object({ certificates: v.array(Row), continuation: v.optional(v.string()) });
const OneRow = v.object({ certificate: Row });

const PAGE = 1000;

/**
 * Lines are in the order of appending, which lags by minutes and not by hours: the first page that begins an hour too
 * early is far enough.
 * @throws {SkepError} `ERR_LEDGER_BROKEN` when these lines do not lead to the published head.
 */
export async function collectEntries(
  client: ManagementClient,
  head: LedgerHead,
  since: Date,
): Promise<readonly LedgerEntry[]> {
  const pages: (readonly string[])[] = [];
  for (let until = head.count; until > 0; until -= PAGE) {
    const page: string[] = [];
    for await (const lines of downloadLines(client, Math.max(1, until - PAGE + 1), until))
      page.push(...lines);
    pages.unshift(page);
    const first = page[0] === undefined ? undefined : peek(page[0]);
    if (!first || first.at.getTime() < since.getTime() - HOUR_MS) break;
  }
  const lines = pages.flat();
  const [first] = lines;
  const chain = walkChain(first === undefined ? EMPTY_HEAD : startBefore(first));
  const entries = lines.map((line) => chain.next(line));
  assertHead(chain.head, head);
  return entries.filter(({ at }) => at >= since);
}

const Peek = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ sequence: v.number(), previous: v.string(), at: date }),
);
const peek = (line: string) => {
  const parsed = v.safeParse(Peek, line);
  return parsed.success ? parsed.output : undefined;
};

/** What lies before is not part of this comparison: `skep audit verify` checks all of it. */
function startBefore(line: string): LedgerHead {
  const first = peek(line);
  return first ? { count: first.sequence - 1, hash: first.previous } : EMPTY_HEAD;
}

/** Every row that ends after `from`; one that was issued since then does. */
export async function collectRows(
  client: ManagementClient,
  from: Date,
  tell: (count: number) => void,
): Promise<readonly CertificateRow[]> {
  const rows: CertificateRow[] = [];
  let continuation: string | undefined;
  do {
    const answer = await client.post('certificates/search', {
      expiresAfter: from.toISOString(),
      limit: 500,
      continuation,
    });
    const page = readAnswer(RowPage, answer);
    rows.push(...page.certificates);
    tell(rows.length);
    continuation = page.continuation;
  } while (continuation !== undefined);
  return rows;
}

/** Rows that ended before, which Intune may still name. */
export async function collectOthers(
  client: ManagementClient,
  rows: readonly CertificateRow[],
  records: readonly IntuneRecord[],
): Promise<readonly CertificateRow[]> {
  const serials = new Set(rows.map(({ serialNumber }) => serialNumber.replace(/^0+/, '')));
  const thumbprints = new Set(rows.map(({ thumbprint }) => thumbprint));
  const others: CertificateRow[] = [];
  for (const { serialNumber, thumbprint } of records) {
    if (serialNumber !== undefined) {
      if (!serials.has(serialNumber)) others.push(...(await findBySerial(client, serialNumber)));
    } else if (thumbprint !== undefined && !thumbprints.has(thumbprint)) {
      const page = readAnswer(RowPage, await client.post('certificates/search', { thumbprint }));
      others.push(...page.certificates);
    }
  }
  return others;
}

async function findBySerial(client: ManagementClient, serialNumber: string): Promise<CertificateRow[]> {
  try {
    return [readAnswer(OneRow, await client.get(`certificates/${serialNumber}`)).certificate];
  } catch (thrown) {
    if (thrown instanceof CliError && thrown.code === 'ERR_CERT_UNKNOWN') return [];
    throw thrown;
  }
}
