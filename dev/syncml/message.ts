/** @module A SyncML 1.2 package as a value (OMA-TS-DM_Protocol 1.2), reduced to what Windows and Intune use of it. */

/** The content type on HTTP. */
export const SYNCML_TYPE = 'application/vnd.syncml.dm+xml';

export interface Item {
  /** LocURI of a node. */
  readonly target?: string;
  readonly source?: string;
  /** `chr`, `int`, `null`, `node`, …; of the Meta element. */
  readonly format?: string;
  /** MIME type; absent means text/plain. */
  readonly type?: string;
  /** Absent where the element is; an empty element is an empty string. */
  readonly data?: string;
}

export type NodeVerb = 'Add' | 'Replace' | 'Delete' | 'Get' | 'Exec';

interface Numbered {
  /** Unique within the message. */
  readonly cmdId: string;
}

export interface NodeCommand extends Numbered {
  readonly name: NodeVerb;
  readonly items: readonly Item[];
}

export interface AtomicCommand extends Numbered {
  readonly name: 'Atomic';
  readonly commands: readonly DmCommand[];
}

export interface AlertCommand extends Numbered {
  readonly name: 'Alert';
  readonly code: number;
  readonly items: readonly Item[];
}

interface Answer extends Numbered {
  /** MsgID and CmdID of what is answered; CmdRef 0 is the header. */
  readonly msgRef: number;
  readonly cmdRef: string;
}

export interface StatusCommand extends Answer {
  readonly name: 'Status';
  /** Name of the command that is answered, `SyncHdr` for the header. */
  readonly cmd: string;
  readonly targetRef?: string;
  readonly code: number;
}

export interface ResultsCommand extends Answer {
  readonly name: 'Results';
  readonly items: readonly Item[];
}

export type DmCommand = NodeCommand | AtomicCommand | AlertCommand | StatusCommand | ResultsCommand;

export interface DmHeader {
  readonly sessionId: string;
  /** From 1, each side counts its own. */
  readonly messageId: number;
  readonly target: string;
  readonly source: string;
}

export interface DmMessage {
  readonly header: DmHeader;
  readonly commands: readonly DmCommand[];
  /** The last message of its package. */
  readonly final: boolean;
}

/** Sends a message and takes the answer: over HTTP, or straight into a server of the same process. */
export type DmExchange = (message: DmMessage) => Promise<DmMessage>;
