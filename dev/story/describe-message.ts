/** @module A SyncML message in words, and as XML that may be shown to anybody. */
import type { DmCommand, DmMessage, Item } from '../syncml/message.js';
import { renderSyncMl } from '../syncml/render.js';
import { ALERT, describeStatus, isDone } from '../syncml/status-codes.js';

const ALERTS: Readonly<Record<number, string>> = {
  [ALERT.serverInitiated]: 'the server began the session',
  [ALERT.clientInitiated]: 'the client begins a session',
  [ALERT.generic]: 'something happened on the device',
};

const SHOWN_LENGTH = 72;

/** What a message of the device is for, in a few words. */
export const deviceHeadline = ({ header: { sessionId, messageId } }: DmMessage): string =>
  messageId === 1
    ? `The device begins session ${sessionId} with Intune`
    : `The device answers: message ${messageId} of session ${sessionId}`;

/** What a message of the server is for, in a few words. */
export function serverHeadline({ commands }: DmMessage): string {
  if (commands.some(({ name }) => name === 'Atomic'))
    return 'Intune sends a certificate request with a challenge';
  const targets = commands.flatMap((command) =>
    command.name === 'Add' || command.name === 'Replace' || command.name === 'Get' ? command.items : [],
  );
  const leaves = targets.map(({ target = '' }) => target.split('/').at(-1) ?? '');
  if (leaves.includes('ChangedNodes')) return 'Intune asks whether the node cache is still the same';
  if (leaves.includes('CertThumbprint'))
    return 'Intune asks for the thumbprints of the certificates it expects';
  if (leaves.includes('EncodedCertificate'))
    return 'Intune asks for a certificate that its cache does not have';
  if (leaves.includes('CacheVersion')) return 'Intune brings the device’s node cache up to date';
  return 'Intune has no more to say';
}

/** One line for each command; what went well in an answer is counted, not listed. */
export function describeMessage(message: DmMessage): string[] {
  const done = message.commands.filter((command) => command.name === 'Status' && isDone(command.code)).length;
  return [...message.commands.flatMap(describeCommand), ...(done > 0 ? [`Status: ${done} × done`] : [])];
}

function describeCommand(command: DmCommand): string[] {
  switch (command.name) {
    case 'Atomic':
      return [
        'Atomic, all or nothing:',
        ...command.commands.flatMap(describeCommand).map((line) => `  ${line}`),
      ];
    case 'Alert':
      return [
        `Alert ${command.code}: ${ALERTS[command.code] ?? 'unknown'}`,
        ...command.items.map((item) => `  ${item.type ?? ''} ${describeItem(item)}`),
      ];
    case 'Status':
      return isDone(command.code)
        ? []
        : [`Status of ${command.cmd} (CmdRef ${command.cmdRef}): ${describeStatus(command.code)}`];
    case 'Results':
      return command.items.map((item) => `Results (CmdRef ${command.cmdRef}): ${describeItem(item)}`);
    case 'Add':
    case 'Replace':
    case 'Delete':
    case 'Get':
    case 'Exec':
      return command.items.map((item) => `${command.name} (CmdID ${command.cmdId}) ${describeItem(item)}`);
  }
}

function describeItem({ target, source, format, data }: Item): string {
  const address = shorten(target ?? source ?? '');
  if (data === undefined) return address;
  const shown = isChallenge(target) ? secretLength(data) : cut(data);
  return `${address} = ${data === '' && format === 'chr' ? '(empty)' : shown}`;
}

const isChallenge = (uri: string | undefined): boolean => uri?.endsWith('/Install/Challenge') ?? false;

const secretLength = (data: string): string => `(${data.length} characters, not shown)`;

const cut = (data: string): string =>
  data.length > SHOWN_LENGTH ? `${data.slice(0, SHOWN_LENGTH)}… (${data.length} characters)` : data;

/** Leaves the long common beginnings of addresses out. */
const shorten = (uri: string): string =>
  decodeURIComponent(uri)
    .replace(/^\.\/(Device|User)\/Vendor\/MSFT\//, '')
    .replace(/ModelName_AC_[^/]*_Hash_(-?\d+)/, '{UniqueID …Hash_$1}');

/** The XML, indented, with every challenge left out. */
export const showXml = (message: DmMessage): string =>
  renderSyncMl({ ...message, commands: message.commands.map(redact) }, true);

function redact(command: DmCommand): DmCommand {
  if (command.name === 'Atomic') return { ...command, commands: command.commands.map(redact) };
  if (!('items' in command)) return command;
  const items = command.items.map((item) =>
    item.data !== undefined && (isChallenge(item.target) || isChallenge(item.source))
      ? { ...item, data: secretLength(item.data) }
      : item,
  );
  return { ...command, items };
}
