/** @module How values stand in columns, and how they are read back. */
import { fromBase64, toBase64 } from '../base/bytes.js';
import { SkepError } from '../base/errors.js';
import type { Row } from './entity-group.js';

export function text(name: string, value: string | undefined): Row {
  return value === undefined ? {} : { [name]: escapeText(value) };
}

export function time(name: string, value: Date | undefined): Row {
  return value === undefined ? {} : { [name]: value.toISOString(), [`${name}@odata.type`]: 'Edm.DateTime' };
}

export function binary(name: string, value: Uint8Array | undefined): Row {
  return value === undefined ? {} : { [name]: toBase64(value), [`${name}@odata.type`]: 'Edm.Binary' };
}

/** The service keeps valid Unicode; that control characters and lone surrogates survive is not promised anywhere. */
function escapeText(value: string): string {
  return value.replace(
    /[\\\p{Cc}\p{Cs}]/gu,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function unescapeText(value: string): string {
  return value.replace(/\\u([0-9a-f]{4})/g, (_match, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

export function readColumns(columns: Row) {
  const optional =
    <T>(decode: (value: string) => T) =>
    (name: string): T | undefined => {
      const value = columns[name];
      return value === undefined ? undefined : decode(value);
    };
  const required =
    <T>(decode: (value: string) => T) =>
    (name: string): T => {
      const value = columns[name];
      if (value === undefined) {
        throw new SkepError('ERR_INTERNAL', { detail: `${columns['RowKey'] ?? 'a row'} lacks ${name}` });
      }
      return decode(value);
    };
  const toDate = (value: string) => new Date(value);
  return {
    text: required(unescapeText),
    time: required(toDate),
    binary: required(fromBase64),
    optionalText: optional(unescapeText),
    optionalTime: optional(toDate),
    optionalBinary: optional(fromBase64),
  };
}
