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
const NEXT_PAGE = '@odata.nextLink';
const Entries = v.union([
  v.array(Entry),
  v.pipe(
    v.looseObject({ value: v.array(Entry), [NEXT_PAGE]: v.optional(v.string()) }),
    v.transform(({ value, [NEXT_PAGE]: next }) => ({ value, next })),
  ),
]);

/** @param text JSON or CSV. @throws {CliError} with exit code 2 */
export function parseIntuneRecords(text: string, what: string): readonly IntuneRecord[] {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Entries), text);
  const records = parsed.success
    ? wholeList(parsed.output, what).map((entry) => ({
        serialNumber: entry.certificateSerialNumber ?? entry.serialNumber,
        thumbprint: entry.certificateThumbprint ?? entry.thumbprint,
      }))
    : parseCsv(text, what);
  return records.map(({ serialNumber, thumbprint }) => ({
    serialNumber: serialNumber ? withoutZeros(hexOf(serialNumber)) : undefined,
    thumbprint: thumbprint ? hexOf(thumbprint) : undefined,
  }));
}

/** What is on a later page would count as unknown to Intune, and be revoked for it. */
function wholeList(
  list: v.InferOutput<typeof Entries>,
  what: string,
): readonly v.InferOutput<typeof Entry>[] {
  if (Array.isArray(list)) return list;
  if (list.next === undefined) return list.value;
  throw usageError(
    `${what} is one page of a list that goes on.`,
    `Read on at its ${NEXT_PAGE}, and put the entries of all pages into one JSON array.`,
  );
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
