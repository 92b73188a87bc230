/** @module From the commands of an Atomic to the settings that it leaves on the device. */
import type { Command } from '../intune/sync/commands.js';
import type { ScepNodes } from './scep-settings.js';

/** The leaves below Install, by name, as the CSP holds them after the Atomic. */
export function installNodes(commands: readonly Command[]): ScepNodes {
  const leaves: Record<string, string | number> = {};
  for (const command of commands) {
    if ((command.verb !== 'Add' && command.verb !== 'Replace') || command.data === undefined) continue;
    const [, name] = /\/Install\/(\w+)$/.exec(command.target) ?? [];
    if (name) leaves[name] = command.format === 'int' ? Number(command.data) : command.data;
  }
  // Which leaves there must be, the device itself checks.
  return leaves as unknown as ScepNodes;
}
