/** @module Which clients are here. A missing one is a printed skip for a person and a failure in CI. */
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * @param commands programs or absolute paths that the suite needs.
 * @param advice how to get what is missing.
 */
export function describeClient(
  name: string,
  commands: readonly string[],
  advice: string,
  suite: () => void,
): void {
  const missing = commands.filter((command) => !isHere(command));
  if (missing.length === 0) {
    describe(name, suite);
    return;
  }
  const reason = `${missing.join(', ')} missing: ${advice}`;
  if (process.env['CI']) {
    describe(name, () => {
      it('is installed', () => {
        expect.fail(reason);
      });
    });
    return;
  }
  process.stderr.write(`Skipped ${name}: ${reason}\n`);
  describe.skip(`${name} (${reason})`, suite); // The client is not on this machine; in CI that fails, above.
}

function isHere(command: string): boolean {
  const candidates = isAbsolute(command)
    ? [command]
    : // Distributions keep daemons where an ordinary user's PATH does not look.
      `${process.env['PATH'] ?? ''}${delimiter}/usr/sbin`
        .split(delimiter)
        .map((folder) => join(folder, command));
  return candidates.some((path) => {
    try {
      accessSync(path, constants.R_OK);
      return true;
    } catch {
      return false;
    }
  });
}
