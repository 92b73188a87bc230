/** @module What the programs of this folder share: numbers of ports, and words for what is wrong. */

/** @throws {RangeError} for what is no TCP port. 0: a free one. */
export function parsePort(name: string, text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new RangeError(`${name} wants a port, 0 to 65535.`);
  return port;
}

export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

/**
 * @param parse throws for a command line that makes no sense.
 * @returns undefined, and the process's exit code is 2, when it threw: what is wrong and the usage are said.
 */
export function readCommand<Command>(parse: () => Command, usage: string): Command | undefined {
  try {
    return parse();
  } catch (thrown) {
    process.stderr.write(`${messageOf(thrown)}\n\n${usage}`);
    process.exitCode = 2;
    return undefined;
  }
}
