/** @module Whether a person wants what a command is about to do. */
import { createInterface } from 'node:readline/promises';
import { usageError, type Terminal } from './terminal.js';

/** The process's own terminal; anything but yes is a no. Ctrl+D too. */
export async function askYesOrNo(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const ended = new Promise<string>((resolve) =>
      lines.once('close', () => {
        resolve('');
      }),
    );
    const answer = await Promise.race([lines.question(`${question} [y/N] `), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}

/**
 * @param yes what `--yes` says.
 * @throws {CliError} with exit code 2 where nobody can be asked.
 */
export async function mayProceed(terminal: Terminal, question: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (terminal.confirm) return terminal.confirm(question);
  throw usageError('There is nobody to ask here.', 'Look at the plan with --plan; then add --yes.');
}
