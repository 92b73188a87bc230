/** @module The certificates that Intune counts, out of a CSV export, of Microsoft Graph's answers, or of the simulator's. */
import * as v from 'valibot';
import { usageError } from '../terminal.js';
import { withoutZeros } from './intune-judgement.js';
import type { IntuneRecord } from './model.js';

/** Graph calls them certificate…, the simulator does not. */
const Entry = v.looseObject({
  certificateSerialNumber: v.nullish(v.string()),
  certificateThumbprint: v.nullish(v.string()),
  serialNumber: v.nullish(v.string()),
  thumbprint: v.nullish(v.string()),
});
const Entries = v.union([
  v.array(Entry),
  v.pipe(
    v.looseObject({ value: v.array(Entry) }),
    v.transform(({ value }) => value),
  ),
]);

/** @param text JSON or CSV. @throws {CliError} with exit code 2 */
export function parseIntuneRecords(text: string, what: string): readonly IntuneRecord[] {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Entries), text);
  const records = parsed.success
    ? parsed.output.map((entry) => ({
        serialNumber: entry.certificateSerialNumber ?? entry.serialNumber,
        thumbprint: entry.certificateThumbprint ?? entry.thumbprint,
      }))
    : parseCsv(text, what);
  return records.map(({ serialNumber, thumbprint }) => ({
    serialNumber: serialNumber ? withoutZeros(hexOf(serialNumber)) : undefined,
    thumbprint: thumbprint ? hexOf(thumbprint) : undefined,
  }));
}

const hexOf = (text: string): string =>
  text
    .replace(/^0x/i, '')
    .replace(/[^0-9a-f]/gi, '')
    .toUpperCase();

/** Columns are found by their names, which differ between reports and languages of the console are not supported. */
function parseCsv(text: string, what: string) {
  const [head = [], ...lines] = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map(splitLine);
  const find = (word: RegExp) => head.findIndex((name) => word.test(name));
  const serial = find(/serial/i);
  const thumbprint = find(/thumbprint/i);
  if (serial < 0 && thumbprint < 0) {
    throw usageError(
      `${what} has neither a serial number nor a thumbprint among its columns.`,
      'Export the certificates from Intune with these columns; docs/audit.md says where.',
    );
  }
  return lines.map((cells) => ({ serialNumber: cells[serial], thumbprint: cells[thumbprint] }));
}

/** RFC 4180, but for line ends within quotes, which no such report has. */
function splitLine(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}
