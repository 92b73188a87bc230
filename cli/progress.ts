/** @module One line on a terminal that says what is being done now. */

/** The part of a stream that it takes. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const ERASE_LINE = '\r\u001B[2K';

/** @returns what replaces the line; without a text it is erased. */
export function createProgress(stream: ProgressStream): (text?: string) => void {
  if (!stream.isTTY) return () => undefined;
  return (text) => {
    // A line that wraps cannot be erased.
    const room = (stream.columns ?? 80) - 3;
    const shown = text === undefined ? '' : `… ${text.length > room ? `${text.slice(0, room - 1)}…` : text}`;
    stream.write(`${ERASE_LINE}${shown}`);
  };
}
