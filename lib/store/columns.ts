/** @module How values stand in columns, and how they are read back. */
import { fromBase64, toBase64 } from '../base/bytes.js';
import { SkepError } from '../base/errors.js';
import type { Row } from './entity-group.js';

/** The columns of one row, written one after the other; what is undefined gets none. */
export class ColumnWriter {
  private readonly columns: Record<string, string> = {};

  text(name: string, value: string | undefined): this {
    if (value !== undefined) this.columns[name] = escapeText(value);
    return this;
  }

  time(name: string, value: Date | undefined): this {
    return this.typed(name, value?.toISOString(), 'Edm.DateTime');
  }

  binary(name: string, value: Uint8Array | undefined): this {
    return this.typed(name, value && toBase64(value), 'Edm.Binary');
  }

  row(): Row {
    return this.columns;
  }

  private typed(name: string, value: string | undefined, type: string): this {
    if (value === undefined) return this;
    this.columns[name] = value;
    this.columns[`${name}@odata.type`] = type;
    return this;
  }
}

export const writeColumns = (): ColumnWriter => new ColumnWriter();

/** Printable ASCII without the backslash: nearly all that comes. */
const PLAIN = /^[ -[\]-~]*$/;

/** The service keeps valid Unicode; that control characters and lone surrogates survive is not promised anywhere. */
function escapeText(value: string): string {
  if (PLAIN.test(value)) return value;
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
