/** @module Subject alternative names (RFC 5280 section 4.2.1.6): building and reading. */
import { isIPv4, isIPv6 } from 'node:net';
import { toHex } from '../../lib/base/bytes.js';
import {
  childrenOf,
  isContext,
  octetsOf,
  oidOf,
  rawBytes,
  readBlock,
  textOf,
  type Block,
} from './ber-reader.js';
import { context, contextPrimitive, oid, sequence, string } from './ber-writer.js';
import { ScepClientError } from './errors.js';
import { formatName } from './names.js';
import { OID } from './oids.js';

/** `raw` is a whole GeneralName, for what the others cannot say. */
export type GeneralName =
  | { readonly type: 'dns' | 'email' | 'uri' | 'ip' | 'upn'; readonly value: string }
  | { readonly type: 'raw'; readonly der: Uint8Array };

/** What a certificate or a request holds. `other` stands for kinds that this client does not write. */
export interface ReadGeneralName {
  readonly type: 'dns' | 'email' | 'uri' | 'ip' | 'upn' | 'directory' | 'other';
  readonly value: string;
}

const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** GeneralNames. @throws {ScepClientError} `ERR_CLIENT_INPUT` */
export const encodeGeneralNames = (names: readonly GeneralName[]): Uint8Array =>
  sequence(...names.map(encodeGeneralName));

function encodeGeneralName(name: GeneralName): Uint8Array {
  switch (name.type) {
    case 'email':
      return contextPrimitive(1, ascii(name.value));
    case 'dns':
      return contextPrimitive(2, ascii(name.value));
    case 'uri':
      return contextPrimitive(6, ascii(name.value));
    case 'ip':
      return contextPrimitive(7, encodeAddress(name.value));
    case 'upn':
      return context(0, oid(OID.msUserPrincipalName), context(0, string('utf8', name.value)));
    case 'raw':
      return name.der;
  }
}

function encodeAddress(text: string): Uint8Array {
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number);
  if (!isIPv6(text) || text.includes('.') || text.includes('%')) {
    throw new ScepClientError('ERR_CLIENT_INPUT', `IP address ${text}`);
  }
  const [head = '', tail] = text.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const after = tail === undefined ? [] : groups(tail);
  const zeros = new Array<string>(8 - groups(head).length - after.length).fill('0');
  const all = [...groups(head), ...zeros, ...after].map((group) => Number.parseInt(group, 16));
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

/** Reads GeneralNames. @throws {ScepClientError} `ERR_CLIENT_MALFORMED` */
export function decodeGeneralNames(der: Uint8Array): ReadGeneralName[] {
  return childrenOf(readBlock(der, 'GeneralNames')).map(readGeneralName);
}

function readGeneralName(block: Block): ReadGeneralName {
  const text = () => Buffer.from(octetsOf(block)).toString('latin1');
  switch (block.idBlock.tagNumber) {
    case 0:
      return readOtherName(block);
    case 1:
      return { type: 'email', value: text() };
    case 2:
      return { type: 'dns', value: text() };
    case 4: {
      const [name] = childrenOf(block);
      return { type: 'directory', value: name ? formatName(rawBytes(name)) : '' };
    }
    case 6:
      return { type: 'uri', value: text() };
    case 7:
      return { type: 'ip', value: formatAddress(octetsOf(block)) };
    default:
      return { type: 'other', value: toHex(rawBytes(block)) };
  }
}

function readOtherName(block: Block): ReadGeneralName {
  const [type, wrapped] = childrenOf(block);
  const value = wrapped && isContext(wrapped, 0) ? textOf(childrenOf(wrapped)[0]) : undefined;
  return oidOf(type) === OID.msUserPrincipalName && value !== undefined
    ? { type: 'upn', value }
    : { type: 'other', value: toHex(rawBytes(block)) };
}

function formatAddress(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.');
  const groups = toHex(octets).toLowerCase().match(/.{4}/g) ?? [];
  return groups.map((group) => group.replace(/^0{1,3}/, '')).join(':');
}
