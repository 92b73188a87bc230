/** @module `skep profiles`: the profiles of Intune that make devices ask for certificates. */
import { Command } from 'commander';
import { createApplyCommand } from '../profiles/apply.js';
import { createExportCommand } from '../profiles/export.js';
import type { Terminal } from '../terminal.js';

export function createProfilesCommand(terminal: Terminal): Command {
  return new Command('profiles')
    .description('Make Intune’s trusted-certificate, SCEP and Wi-Fi profiles.')
    .addCommand(createExportCommand(terminal))
    .addCommand(createApplyCommand(terminal));
}
