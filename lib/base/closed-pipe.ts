/** @module Output that nobody reads any more: `skep search | head -1`. */

/** The part of a stream that it takes. */
interface Output {
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/**
 * What was begun is carried out to its end, with its own exit code; only its words go nowhere. Everything else that an
 * output can fail of stays an error.
 */
export function endQuietlyWhenClosed(...outputs: readonly Output[]): void {
  for (const output of outputs) {
    output.on('error', (error) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
