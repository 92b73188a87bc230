/** @module Distinguished names: RFC 4514 text to DER, and DER to text. */
import { fromHex, toHex } from '../../lib/base/bytes.js';
import { childrenOf, oidOf, rawBytes, readBlock, textOf, type Block } from './ber-reader.js';
import { oid, sequence, set, string, type StringType } from './ber-writer.js';
import { ScepClientError } from './errors.js';

/** Attribute types by their short names (RFC 4514 section 3, and those that Windows writes). */
const ATTRIBUTE_TYPES: Readonly<Record<string, { readonly oid: string; readonly type?: StringType }>> = {
  CN: { oid: '2.5.4.3' },
  SN: { oid: '2.5.4.4' },
  SERIALNUMBER: { oid: '2.5.4.5', type: 'printable' },
  C: { oid: '2.5.4.6', type: 'printable' },
  L: { oid: '2.5.4.7' },
  ST: { oid: '2.5.4.8' },
  S: { oid: '2.5.4.8' },
  STREET: { oid: '2.5.4.9' },
  O: { oid: '2.5.4.10' },
  OU: { oid: '2.5.4.11' },
  T: { oid: '2.5.4.12' },
  TITLE: { oid: '2.5.4.12' },
  G: { oid: '2.5.4.42' },
  GN: { oid: '2.5.4.42' },
  UID: { oid: '0.9.2342.19200300.100.1.1' },
  DC: { oid: '0.9.2342.19200300.100.1.25', type: 'ia5' },
  E: { oid: '1.2.840.113549.1.9.1', type: 'ia5' },
  EMAILADDRESS: { oid: '1.2.840.113549.1.9.1', type: 'ia5' },
};

export interface NameOptions {
  /**
   * `rfc4514` (default): the text reads from the leaf up, as RFC 4514 section 2.1 says. `as-written`: the encoding
   * keeps the order of the text, as Windows' CertStrToName does.
   */
  readonly order?: 'rfc4514' | 'as-written';
  /** String type of values whose attribute does not prescribe one. Default `utf8`. */
  readonly stringType?: StringType;
}

/**
 * Encodes a distinguished name, e.g. `CN=dev-1,O=Contoso\, Ltd,C=US`. The empty text is the empty name.
 * @throws {ScepClientError} `ERR_CLIENT_INPUT`
 */
export function encodeName(text: string, options: NameOptions = {}): Uint8Array {
  if (text.trim() === '') return sequence();
  const written = splitUnescaped(text, /[,;]/).map((rdn) =>
    set(...splitUnescaped(rdn, /\+/).map((pair) => encodePair(pair, options.stringType ?? 'utf8'))),
  );
  return sequence(...(options.order === 'as-written' ? written : written.toReversed()));
}

function encodePair(pair: string, fallback: StringType): Uint8Array {
  const at = pair.indexOf('=');
  if (at < 0) throw new ScepClientError('ERR_CLIENT_INPUT', `${JSON.stringify(pair)} has no = in it`);
  const name = pair.slice(0, at).trim();
  const known = ATTRIBUTE_TYPES[name.toUpperCase()];
  const dotted = known?.oid ?? name.replace(/^OID\./i, '');
  if (at < 1 || !/^\d+(\.\d+)+$/.test(dotted)) {
    throw new ScepClientError('ERR_CLIENT_INPUT', `name attribute ${JSON.stringify(name)}`);
  }
  const value = pair.slice(at + 1).trim();
  if (/^#([0-9a-f]{2})+$/i.test(value)) return sequence(oid(dotted), fromHex(value.slice(1)));
  return sequence(oid(dotted), string(known?.type ?? fallback, unescape(value)));
}

/** Splits at separators that are neither escaped nor inside quotes. */
function splitUnescaped(text: string, separator: RegExp): string[] {
  const parts = [''];
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === '"') quoted = !quoted;
    if (!quoted && separator.test(character)) parts.push('');
    else parts.push((parts.pop() ?? '') + (character === '\\' ? character + text.charAt(++i) : character));
  }
  return parts;
}

/** Takes away quotes and escapes; `\` before two hex digits is an octet of UTF-8. */
function unescape(value: string): string {
  const bare = /^".*"$/s.test(value) ? value.slice(1, -1).replaceAll('""', '"') : value;
  return bare.replace(/(?:\\[0-9a-f]{2})+|\\(.)/gis, (escape: string, single: string | undefined) =>
    single === undefined ? Buffer.from(escape.replaceAll('\\', ''), 'hex').toString('utf8') : single,
  );
}

/**
 * Writes a Name as RFC 4514 text, leaf first.
 * @throws {ScepClientError} `ERR_CLIENT_MALFORMED`
 */
export function formatName(der: Uint8Array): string {
  return childrenOf(readBlock(der, 'name'))
    .map((rdn) => childrenOf(rdn).map(formatPair).join('+'))
    .toReversed()
    .join(',');
}

function formatPair(pair: Block): string {
  const [type, value] = childrenOf(pair);
  if (!value) throw new ScepClientError('ERR_CLIENT_MALFORMED', 'name');
  return `${shortName(oidOf(type))}=${formatValue(value)}`;
}

function shortName(dotted: string): string {
  const found = Object.entries(ATTRIBUTE_TYPES).find(([, row]) => row.oid === dotted);
  return found ? found[0] : dotted;
}

function formatValue(value: Block): string {
  const text = textOf(value);
  if (text === undefined) return `#${toHex(rawBytes(value))}`;
  return text
    .replace(/[\\,+"<>;=]/g, (character) => `\\${character}`)
    .replace(/^[ #]| $/g, (character) => `\\${character}`)
    .replace(/\p{Cc}/gu, (character) => `\\${toHex(Buffer.from(character, 'utf8'))}`);
}
