/** @module From the simulator's commands to numbered SyncML commands. */
import type { DmCommand } from '../../syncml/message.js';
import type { Command } from '../sync/commands.js';

export interface NumberedCommands {
  readonly commands: readonly DmCommand[];
  readonly byCmdId: ReadonlyMap<string, Command>;
}

/** @param first CmdID of the first command; members of an Atomic are numbered on after it. */
export function numberCommands(commands: readonly Command[], first: number): NumberedCommands {
  const byCmdId = new Map<string, Command>();
  let next = first;
  const number = (command: Command): DmCommand => {
    const cmdId = String(next++);
    byCmdId.set(cmdId, command);
    if (command.verb === 'Atomic') return { name: 'Atomic', cmdId, commands: command.commands.map(number) };
    const { verb, target, ...meta } = command;
    return { name: verb, cmdId, items: [{ target: encodeUri(target), ...meta }] };
  };
  return { commands: commands.map(number), byCmdId };
}

/** A LocURI is a URI: the blanks of "MS DM Server" are escaped. */
const encodeUri = (target: string): string => target.replaceAll(' ', '%20');
