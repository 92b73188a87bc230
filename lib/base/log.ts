/** @module Structured log lines. One event, one line; nothing that a stranger sent can break out of its field. */

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Field values are escaped and cut; never put a challenge, a token, a CSR or a key into one. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Takes one finished line. */
export type LogSink = (level: LogLevel, line: string) => void;

const ORDER = { debug: 0, info: 1, warn: 2, error: 3 } as const satisfies Record<LogLevel, number>;
const FIELD_LIMIT = 300;
/** A message may end in a detail that names what somebody sent. */
const MESSAGE_LIMIT = 1000;

/**
 * @param sink receives each line at or above `level`.
 * @param level default `info`.
 */
export function createLogger(sink: LogSink, level: LogLevel = 'info'): Logger {
  const at = (own: LogLevel) => (message: string, fields?: LogFields) => {
    if (ORDER[own] >= ORDER[level]) sink(own, formatLine(message, fields));
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export const silentLogger: Logger = createLogger(() => undefined, 'error');

function formatLine(message: string, fields: LogFields = {}): string {
  let line = printable(cut(message, MESSAGE_LIMIT));
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    line += ` ${name}=${typeof value === 'string' ? quote(value) : String(value)}`;
  }
  return line;
}

function quote(value: string): string {
  const safe = printable(cut(value, FIELD_LIMIT));
  return /^[\w.:/@+-]+$/.test(safe) ? safe : `"${safe.replaceAll('"', "'")}"`;
}

const cut = (text: string, limit: number): string =>
  text.length > limit ? `${text.slice(0, limit)}…` : text;

/** Control and line-separating characters become spaces: a value cannot forge a second line. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
}
