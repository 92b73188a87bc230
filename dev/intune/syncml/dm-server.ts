/** @module The MDM gateway: keeps the sessions of devices and carries their messages to the conversation. */
import type { DmCommand, DmExchange, DmMessage } from '../../syncml/message.js';
import { ALERT, DM_STATUS } from '../../syncml/status-codes.js';
import type { Service } from '../service.js';
import type { Decision } from '../sync/decide.js';
import type { WithoutDeployment } from '../sync/session.js';
import { readAnswers, type Sent } from './answers.js';
import { converse, type Conversation } from './conversation.js';
import { numberCommands } from './number-commands.js';

export interface DmSessionRecord {
  /** ISO 8601, on the simulator's clock. */
  readonly at: string;
  readonly decisions: readonly WithoutDeployment<Decision>[];
}

export interface DmServer {
  /** One message of a device and the answer to it. Never throws for what a device says. */
  readonly exchange: DmExchange;
  /** What was decided in the device's last session. */
  lastSession(deviceId: string): DmSessionRecord | undefined;
}

interface OpenSession {
  readonly sessionId: string;
  readonly conversation: Conversation;
  /** The device's message that is expected next. */
  nextMessageId: number;
  sent: Sent;
}

export function createDmServer(service: Service): DmServer {
  // One session for each device: a new one ends the old.
  const open = new Map<string, OpenSession>();
  const records = new Map<string, DmSessionRecord>();

  const begin = (message: DmMessage): OpenSession | undefined => {
    const device = service.state.devices.get(message.header.source);
    if (!device || device.state === 'deleted') return undefined;
    const session = {
      sessionId: message.header.sessionId,
      nextMessageId: 1,
      sent: { messageId: 0, byCmdId: new Map() },
      conversation: converse(service, device, (decisions) => {
        records.set(device.id, { at: service.clock.now().toISOString(), decisions });
      }),
    };
    open.set(device.id, session);
    return session;
  };

  return {
    lastSession: (deviceId) => records.get(deviceId),
    async exchange(message) {
      const { header } = message;
      const session = isOpening(message) ? begin(message) : open.get(header.source);
      if (!session) return refuse(message, DM_STATUS.unauthorized);
      if (session.sessionId !== header.sessionId || session.nextMessageId !== header.messageId)
        return refuse(message, DM_STATUS.badRequest);
      session.nextMessageId++;
      const step = await session.conversation.next(readAnswers(message, session.sent));
      const orders = step.done ? [] : step.value;
      if (orders.length === 0) open.delete(header.source);
      const acknowledged = acknowledge(
        message,
        header.messageId === 1 ? DM_STATUS.authenticationAccepted : DM_STATUS.ok,
      );
      const { commands, byCmdId } = numberCommands(orders, acknowledged.length + 1);
      session.sent = { messageId: header.messageId, byCmdId };
      return answer(message, [...acknowledged, ...commands]);
    },
  };
}

const isOpening = ({ header, commands }: DmMessage): boolean =>
  header.messageId === 1 &&
  commands.some(
    ({ name, ...rest }) => name === 'Alert' && 'code' in rest && rest.code === ALERT.clientInitiated,
  );

/** Message ids run along with the device's: each of its messages gets one answer. */
const answer = ({ header }: DmMessage, commands: readonly DmCommand[]): DmMessage => ({
  header: { ...header, target: header.source, source: header.target },
  commands,
  final: true,
});

const refuse = (message: DmMessage, code: number): DmMessage =>
  answer(message, [
    { name: 'Status', cmdId: '1', msgRef: message.header.messageId, cmdRef: '0', cmd: 'SyncHdr', code },
  ]);

/** A Status for the header and for each command of the device; what it answered needs none. */
function acknowledge({ header, commands }: DmMessage, headerCode: number): DmCommand[] {
  const own = commands.filter(({ name }) => name !== 'Status' && name !== 'Results');
  const rows = [
    { cmdRef: '0', cmd: 'SyncHdr', code: headerCode },
    ...own.map(({ cmdId, name }) => ({
      cmdRef: cmdId,
      cmd: name,
      code: name === 'Alert' || name === 'Replace' ? DM_STATUS.ok : DM_STATUS.notAllowed,
    })),
  ];
  return rows.map((row, index) => ({
    name: 'Status',
    cmdId: String(index + 1),
    msgRef: header.messageId,
    ...row,
  }));
}
