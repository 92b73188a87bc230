/** @module The issuance log and the rows of certificates against each other. */
import type { AuditInput, Discrepancy, Judgement } from './model.js';

export function judgeRows({ entries, rows, from, until, slackMs, settleMs }: AuditInput): Judgement {
  const issued = entries.filter((entry) => entry.kind === 'issued');
  const entryOf = new Map(issued.map((entry) => [entry.serialNumber, entry]));
  const rowOf = new Map(rows.map((row) => [row.serialNumber, row]));
  const recent = rows.filter(({ issuedAt }) => issuedAt && issuedAt >= from && issuedAt <= until);
  const young = until.getTime() - settleMs;
  const missing = recent.filter(({ serialNumber }) => !entryOf.has(serialNumber));
  const isSettled = ({ issuedAt }: (typeof rows)[number]) => !!issuedAt && issuedAt.getTime() <= young;

  const unexplained: Discrepancy[] = [
    ...missing.filter(isSettled).map(({ serialNumber }) => ({
      kind: 'row-without-entry',
      text: `The certificate ${serialNumber} has a row, and the issuance log does not tell of it.`,
    })),
    ...issued
      .filter(({ serialNumber, at }) => at.getTime() >= from.getTime() + slackMs && !rowOf.has(serialNumber))
      .map(({ serialNumber, sequence }) => ({
        kind: 'entry-without-row',
        text: `Entry ${sequence} tells of the certificate ${serialNumber}, and there is no row of it.`,
      })),
    ...issued.flatMap(({ serialNumber, sequence, certificateHash }) => {
      const row = rowOf.get(serialNumber);
      if (!row || row.sha256 === certificateHash) return [];
      const text = `The certificate in the row of ${serialNumber} is not the one that entry ${sequence} tells of.`;
      return [{ kind: 'row-differs', text }];
    }),
  ];
  return {
    counts: {
      issuedEntries: issued.filter(({ at }) => at >= from && at <= until).length,
      issuedRows: recent.length,
      rowsInFlight: missing.filter((row) => !isSettled(row)).length,
    },
    unexplained,
  };
}
