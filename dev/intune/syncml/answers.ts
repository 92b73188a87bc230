/** @module What a device answered to the commands of one message. */
import type { DmMessage } from '../../syncml/message.js';
import type { Command } from '../sync/commands.js';

export interface Answers {
  /** Undefined when the device said nothing of the command. */
  status(command: Command): number | undefined;
  /** What a Get found; undefined when it found nothing. */
  value(command: Command): string | undefined;
}

/** A message that went out: which command stands under which CmdID. */
export interface Sent {
  readonly messageId: number;
  readonly byCmdId: ReadonlyMap<string, Command>;
}

export function readAnswers({ commands }: DmMessage, sent: Sent): Answers {
  const statuses = new Map<Command, number>();
  const values = new Map<Command, string>();
  for (const answer of commands) {
    if ((answer.name !== 'Status' && answer.name !== 'Results') || answer.msgRef !== sent.messageId) continue;
    const command = sent.byCmdId.get(answer.cmdRef);
    if (!command) continue;
    if (answer.name === 'Status') statuses.set(command, answer.code);
    else values.set(command, answer.items[0]?.data ?? '');
  }
  return {
    status: (command) => statuses.get(command),
    value: (command) => values.get(command),
  };
}
