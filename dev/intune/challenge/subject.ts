/** @module Subject names as a profile writes them and as the CSP's SubjectName leaf wants them (CertStrToName). */
import type { NameAttribute } from '../model.js';
import { DeploymentError } from './variables.js';

const OID_BY_KEY: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  SN: '2.5.4.4',
  SERIALNUMBER: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  S: '2.5.4.8',
  ST: '2.5.4.8',
  STREET: '2.5.4.9',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  T: '2.5.4.12',
  G: '2.5.4.42',
  I: '2.5.4.43',
  DC: '0.9.2342.19200300.100.1.25',
  UID: '0.9.2342.19200300.100.1.1',
  E: '1.2.840.113549.1.9.1',
};
const KEY_BY_OID = new Map(
  Object.entries(OID_BY_KEY)
    .reverse()
    .map(([key, dotted]) => [dotted, key]),
);

type Rdn = readonly NameAttribute[];

/**
 * Parses `CN=a,O="b, c"+OU=d`: RDNs apart by `,` or `;`, attributes by `+`, values quoted or backslash-escaped.
 * @param resolve applied to each value after the split, so that no resolved value can add an RDN.
 * @throws {DeploymentError} when it is not a name.
 */
export function parseSubject(text: string, resolve: (value: string) => string): Rdn[] {
  const rdns: NameAttribute[][] = [];
  let position = 0;
  let joined = false;
  while (position < text.length) {
    const equals = text.indexOf('=', position);
    if (equals < 0) throw new DeploymentError('the subject format is not a distinguished name');
    const type = typeOid(text.slice(position, equals).trim());
    const scanned = scanValue(text, equals + 1);
    const attribute: NameAttribute = {
      type,
      value: resolve(scanned.value),
      ...(scanned.escaped && { escaped: true as const }),
    };
    if (joined) rdns.at(-1)?.push(attribute);
    else rdns.push([attribute]);
    joined = text[scanned.end] === '+';
    position = scanned.end + 1;
  }
  return rdns;
}

function typeOid(key: string): string {
  const dotted = OID_BY_KEY[key.toUpperCase()] ?? (/^\d+(\.\d+)+$/.test(key) ? key : undefined);
  if (!dotted) throw new DeploymentError(`unknown attribute ${key} in the subject format`);
  return dotted;
}

function scanValue(text: string, start: number): { value: string; escaped: boolean; end: number } {
  let value = '';
  let escaped = false;
  let quoted = false;
  let position = start;
  for (; position < text.length; position += 1) {
    const character = text.charAt(position);
    if (character === '"') {
      // Inside quotes a doubled quote stands for one.
      if (quoted && text[position + 1] === '"') {
        value += '"';
        position += 1;
      } else quoted = !quoted;
    } else if (character === '\\' && !quoted && position + 1 < text.length) {
      position += 1;
      value += text.charAt(position);
      escaped = true;
    } else if (!quoted && ',;+'.includes(character)) break;
    else value += character;
  }
  if (quoted) throw new DeploymentError('the subject format has an open quote');
  return { value: value.trim(), escaped, end: position };
}

/** Writes the text that CertStrToName reads back into the same name. */
export function formatSubject(rdns: readonly Rdn[]): string {
  return rdns
    .map((rdn) =>
      rdn.map(({ type, value }) => `${KEY_BY_OID.get(type) ?? type}=${quoteValue(value)}`).join('+'),
    )
    .join(',');
}

function quoteValue(value: string): string {
  const plain = value !== '' && value === value.trim() && !/[,=+;"\n\r<>#]/.test(value);
  return plain ? value : `"${value.replaceAll('"', '""')}"`;
}
