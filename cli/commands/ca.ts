/** @module `skep ca`: the life of the CA whose key is in the vault. */
import { Command } from 'commander';
import { createBackupCommand } from '../ca/backup.js';
import { createCsrCommand } from '../ca/csr.js';
import { createInitCommand } from '../ca/init.js';
import { createInstallCommand } from '../ca/install.js';
import { createRolloverCommand } from '../ca/rollover.js';
import { createCaShowCommand } from '../ca/show.js';
import type { Terminal } from '../terminal.js';

const SUBCOMMANDS = [
  createInitCommand,
  createCsrCommand,
  createInstallCommand,
  createCaShowCommand,
  createRolloverCommand,
  createBackupCommand,
] as const;

export function createCaCommand(terminal: Terminal): Command {
  const command = new Command('ca').description('Create, show, roll over and save the CA.');
  for (const create of SUBCOMMANDS) command.addCommand(create(terminal));
  return command;
}
