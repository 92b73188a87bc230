/** @module An MDM server that says what a test wrote, and remembers what the device answered. */
import type { DmCommand, DmExchange, DmMessage, NodeVerb } from '../../../../dev/syncml/message.js';

export interface ScriptedServer {
  readonly exchange: DmExchange;
  readonly received: readonly DmMessage[];
  /** Status codes of one message by CmdRef. */
  statuses(messageId: number): Readonly<Record<string, number>>;
  /** Data of Results by CmdRef. */
  results(messageId: number): Readonly<Record<string, string | undefined>>;
}

/** @param script commands of the first answer, of the second, and so on; then nothing more. */
export function scriptServer(...script: readonly (readonly DmCommand[])[]): ScriptedServer {
  const received: DmMessage[] = [];
  const rest = [...script];
  const answered = (messageId: number) => received[messageId]?.commands ?? [];
  return {
    received,
    exchange: (message) => {
      received.push(message);
      return Promise.resolve({
        header: { ...message.header, target: message.header.source, source: message.header.target },
        commands: rest.shift() ?? [],
        final: true,
      });
    },
    statuses: (messageId) =>
      Object.fromEntries(
        answered(messageId).flatMap((command) =>
          command.name === 'Status' ? [[command.cmdRef, command.code]] : [],
        ),
      ),
    results: (messageId) =>
      Object.fromEntries(
        answered(messageId).flatMap((command) =>
          command.name === 'Results' ? [[command.cmdRef, command.items[0]?.data]] : [],
        ),
      ),
  };
}

/** One command with one item. */
export const order = (
  cmdId: number,
  name: NodeVerb,
  target: string,
  data?: string,
  format?: string,
  type?: string,
): DmCommand => ({
  name,
  cmdId: String(cmdId),
  items: [
    {
      target,
      ...(data !== undefined && { data }),
      ...(format !== undefined && { format }),
      ...(type !== undefined && { type }),
    },
  ],
});

export const SCEP_ROOT = './Device/Vendor/MSFT/ClientCertificateInstall/SCEP';

/** Leaves of a complete request, in the order in which a server sends them. */
export const SETTINGS: Readonly<Record<string, readonly [format: string, data: string]>> = {
  RetryCount: ['int', '3'],
  RetryDelay: ['int', '1'],
  KeyUsage: ['int', '160'],
  KeyLength: ['int', '2048'],
  HashAlgorithm: ['chr', 'SHA-2'],
  SubjectName: ['chr', 'CN=device'],
  EKUMapping: ['chr', '1.3.6.1.5.5.7.3.2'],
  KeyProtection: ['int', '3'],
  ServerURL: ['chr', 'http://127.0.0.1/scep'],
  Challenge: ['chr', 'the-challenge'],
  CAThumbprint: ['chr', '00'.repeat(20)],
};

/** An Atomic that asks for a certificate; CmdIDs run from `first`. */
export function requestAtomic(
  first: number,
  uniqueId: string,
  changes: Readonly<Record<string, readonly [format: string, data: string]>> = {},
): DmCommand {
  const node = `${SCEP_ROOT}/${uniqueId}`;
  const leaves = Object.entries({ ...SETTINGS, ...changes });
  return {
    name: 'Atomic',
    cmdId: String(first),
    commands: [
      order(first + 1, 'Add', node, undefined, 'node'),
      ...leaves.map(([name, [format, data]], index) =>
        order(first + 2 + index, 'Add', `${node}/Install/${name}`, data, format),
      ),
      order(first + 2 + leaves.length, 'Exec', `${node}/Install/Enroll`, undefined, 'null'),
    ],
  };
}
