/** @module The way out for somebody who may not grant: a document for somebody who may. */
import { writeFileSync } from 'node:fs';
import { CliError, EXIT, Unfinished, usageError } from '../terminal.js';
import { describeHandover } from './handover-file.js';
import type { NeededRole } from './needed-roles.js';
import { isGuid } from './principals.js';
import type { Surroundings } from './wishes.js';

const DEFAULT_NAME = 'skep-handover.md';

interface HandedOver {
  readonly identity: string;
  readonly name?: string;
  readonly roles: readonly NeededRole[];
  /** For `--json`: what is known of the rest. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/**
 * Writes the document, or prints it where no file is named.
 * @param reason why we cannot do it ourselves.
 * @throws {Unfinished} always; {CliError} when the identity’s id is not known, or the file cannot be written.
 */
export function handOver(
  handed: HandedOver,
  reason: string,
  { graph, wishes, terminal }: Surroundings,
): never {
  const { deployment, handover: file, json } = wishes;
  if (!isGuid(handed.identity))
    throw new CliError(
      EXIT.failed,
      'ERR_IDENTITY_UNKNOWN',
      reason,
      'Give the object id of the identity with --identity.',
    );
  const { tenant } = deployment;
  const text = describeHandover(
    { ...handed, graphUrl: graph.baseUrl, ...(tenant === undefined ? {} : { tenant }) },
    file ?? DEFAULT_NAME,
  );
  if (file !== undefined) write(file, text);
  else if (!json) terminal.out(`\n${text}\n`);
  throw new Unfinished(
    'ERR_HANDED_OVER',
    `Not all roles are granted: you may not. ${reason}`,
    file === undefined
      ? `Give the text above to somebody who may, as ${DEFAULT_NAME}; or name a file with --handover. Afterwards run this again.`
      : `Give ${file} to somebody who may: a Privileged Role Administrator. Afterwards run this again.`,
    { ...handed.members, handover: file ?? text },
  );
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    const { code = 'no access' } = cause as NodeJS.ErrnoException;
    throw usageError(`--handover: cannot write ${file} (${code}).`, 'Name another file.');
  }
}
