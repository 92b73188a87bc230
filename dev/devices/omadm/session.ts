/** @module The device's side of an OMA DM session: it reports, obeys, answers, until the server has no more to say. */
import type {
  AlertCommand,
  DmCommand,
  DmExchange,
  DmHeader,
  DmMessage,
  Item,
  NodeCommand,
  ResultsCommand,
  StatusCommand,
} from '../../syncml/message.js';
import { ALERT, DM_STATUS, isDone } from '../../syncml/status-codes.js';
import type { NodeValue } from './node.js';
import type { ManagementTree } from './tree.js';

export interface DmSessionOptions {
  readonly exchange: DmExchange;
  readonly tree: ManagementTree;
  readonly deviceId: string;
  /** The server's name in headers. */
  readonly serverUrl: string;
  readonly sessionId: string;
  /** What happened on the device since the last session. */
  readonly alerts: readonly GenericAlert[];
  /** Of the DevInfo object: Man, Mod, Lang, … */
  readonly deviceInfo: Readonly<Record<string, string>>;
  /** Undoes what was done since it was called; for an Atomic that fails. */
  readonly snapshot: () => () => void;
}

/** An event that the device tells of on its own. */
export interface GenericAlert {
  readonly source: string;
  readonly type: string;
  readonly data: string;
}

export interface DmSessionResult {
  /** In order, both sides. */
  readonly messages: readonly DmMessage[];
  /** False when the server does not know the device (any more). */
  readonly accepted: boolean;
}

/** A server that never comes to an end is cut off. */
const MESSAGE_LIMIT = 50;

/** @throws whatever the exchange throws. */
export async function runDmSession(options: DmSessionOptions): Promise<DmSessionResult> {
  const messages: DmMessage[] = [];
  let outgoing = createPackage(options, 1, openingCommands(options));
  for (let messageId = 2; messageId < MESSAGE_LIMIT; messageId++) {
    const answer = await options.exchange(outgoing);
    messages.push(outgoing, answer);
    if (isRefused(answer)) return { messages, accepted: false };
    const orders = answer.commands.filter(({ name }) => name !== 'Status' && name !== 'Results');
    if (orders.length === 0) break;
    outgoing = createPackage(options, messageId, answerOrders(options, answer.header, orders));
  }
  return { messages, accepted: true };
}

const isRefused = ({ commands }: DmMessage): boolean =>
  commands.some((command) => command.name === 'Status' && command.cmd === 'SyncHdr' && !isDone(command.code));

type Unnumbered<T> = T extends unknown ? Omit<T, 'cmdId'> : never;
type Draft = Unnumbered<AlertCommand | NodeCommand | ResultsCommand | StatusCommand>;

function createPackage(
  { sessionId, serverUrl, deviceId }: DmSessionOptions,
  messageId: number,
  drafts: readonly Draft[],
): DmMessage {
  return {
    header: { sessionId, messageId, target: serverUrl, source: deviceId },
    commands: drafts.map((draft, index) => ({ ...draft, cmdId: String(index + 1) })),
    final: true,
  };
}

function openingCommands({ alerts, deviceId, deviceInfo }: DmSessionOptions): Draft[] {
  const info = { DevId: deviceId, ...deviceInfo };
  return [
    { name: 'Alert', code: ALERT.clientInitiated, items: [] },
    ...alerts.map(({ source, type, data }): Draft => ({
      name: 'Alert',
      code: ALERT.generic,
      items: [{ source, type, format: 'int', data }],
    })),
    {
      name: 'Replace',
      items: Object.entries(info).map(([name, data]) => ({ source: `./DevInfo/${name}`, data })),
    },
  ];
}

function answerOrders(options: DmSessionOptions, header: DmHeader, orders: readonly DmCommand[]): Draft[] {
  const msgRef = header.messageId;
  return [
    { name: 'Status', msgRef, cmdRef: '0', cmd: 'SyncHdr', code: DM_STATUS.ok },
    ...orders.flatMap((order) => obey(options, msgRef, order)),
  ];
}

function obey(options: DmSessionOptions, msgRef: number, order: DmCommand): Draft[] {
  switch (order.name) {
    case 'Atomic':
      return obeyAtomic(options, msgRef, order.cmdId, order.commands);
    case 'Add':
    case 'Replace':
    case 'Delete':
    case 'Get':
    case 'Exec':
      return obeyNode(options.tree, msgRef, order);
    case 'Alert':
    case 'Status':
    case 'Results':
      return [status(msgRef, order, DM_STATUS.notSupported)];
  }
}

const status = (msgRef: number, { cmdId, name }: DmCommand, code: number, targetRef?: string): Draft => ({
  name: 'Status',
  msgRef,
  cmdRef: cmdId,
  cmd: name,
  ...(targetRef !== undefined && { targetRef }),
  code,
});

/** One command, whose items may be several: a Status for each, and Results for what a Get found. */
function obeyNode(tree: ManagementTree, msgRef: number, order: NodeCommand): Draft[] {
  return order.items.flatMap((item): Draft[] => {
    const target = item.target ?? '';
    const { status: code, value } = tree.execute(order.name, target, item);
    const answer = status(msgRef, order, code, order.items.length > 1 ? target : undefined);
    if (!value) return [answer];
    return [answer, { name: 'Results', msgRef, cmdRef: order.cmdId, items: [resultItem(target, value)] }];
  });
}

const resultItem = (source: string, { format, type, data }: NodeValue): Item => ({
  source,
  format,
  ...(type !== undefined && { type }),
  data,
});

/**
 * All or nothing. After the first member that fails, the rest is not tried and what was done is undone. Windows takes
 * neither a Get nor another Atomic inside.
 */
function obeyAtomic(
  options: DmSessionOptions,
  msgRef: number,
  cmdId: string,
  members: readonly DmCommand[],
): Draft[] {
  const restore = options.snapshot();
  const codes: number[] = [];
  for (const member of members) {
    const code = codes.every(isDone) ? obeyMember(options.tree, member) : DM_STATUS.notExecuted;
    codes.push(code);
  }
  const succeeded = codes.every(isDone);
  if (!succeeded) restore();
  const final = (code: number) => (!succeeded && isDone(code) ? DM_STATUS.atomicRolledBack : code);
  return [
    {
      name: 'Status',
      msgRef,
      cmdRef: cmdId,
      cmd: 'Atomic',
      code: succeeded ? DM_STATUS.ok : DM_STATUS.atomicFailed,
    },
    ...members.map((member, index) => status(msgRef, member, final(codes[index] ?? DM_STATUS.notExecuted))),
  ];
}

function obeyMember(tree: ManagementTree, member: DmCommand): number {
  if (!('items' in member) || member.name === 'Get' || member.name === 'Alert' || member.name === 'Results')
    return DM_STATUS.failed;
  const { name, items } = member;
  const codes = items.map((item) => tree.execute(name, item.target ?? '', item).status);
  return codes.find((code) => !isDone(code)) ?? codes[0] ?? DM_STATUS.failed;
}
