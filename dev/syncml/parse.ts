/** @module From SyncML 1.2 XML to a message. What comes over the wire is not trusted: no DTD, no entities of its own. */
import { XMLParser } from 'fast-xml-parser';
import { SyntaxValidator } from 'fast-xml-validator';
import type { AtomicCommand, DmCommand, DmHeader, DmMessage, Item, NodeVerb } from './message.js';

/**
 * - `doctype`: a document type declaration, where entities would come from.
 * - `malformed`: no well-formed XML.
 * - `unexpected`: well-formed, and not SyncML DM 1.2 as far as it is known here.
 */
export type SyncMlFault = 'doctype' | 'malformed' | 'unexpected';

export class SyncMlError extends Error {
  override readonly name = 'SyncMlError';
  readonly fault: SyncMlFault;
  constructor(fault: SyncMlFault, detail: string) {
    super(`${fault}: ${detail}`);
    this.fault = fault;
  }
}

/** An element in document order: its one key names it, text has the key `#text`. */
type XmlNode = Readonly<Record<string, readonly XmlNode[] | string>>;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: true,
  // Numeric references; the named ones of HTML come along.
  htmlEntities: true,
});

const NODE_VERBS: ReadonlySet<string> = new Set<NodeVerb>(['Add', 'Replace', 'Delete', 'Get', 'Exec']);

/** @throws {SyncMlError} */
export function parseSyncMl(xml: string): DmMessage {
  if (/<!(?!\[CDATA\[|--)/.test(xml)) throw new SyncMlError('doctype', 'a declaration is not taken');
  assertWellFormed(xml);
  const roots = (parser.parse(xml) as XmlNode[]).flatMap(elementOf);
  const root = roots.find(({ name }) => name === 'SyncML');
  if (!root) throw new SyncMlError('unexpected', 'the root is not SyncML');
  const body = child(root, 'SyncBody');
  return {
    header: parseHeader(child(root, 'SyncHdr')),
    commands: body.children.filter(({ name }) => name !== 'Final').map(parseCommand),
    final: body.children.some(({ name }) => name === 'Final'),
  };
}

function assertWellFormed(xml: string): void {
  try {
    SyntaxValidator.validate(xml);
  } catch (cause) {
    throw new SyncMlError('malformed', cause instanceof Error ? cause.message : 'no XML');
  }
}

interface Element {
  readonly name: string;
  readonly children: readonly Element[];
  readonly text: string;
}

function elementOf(node: XmlNode): Element[] {
  const [entry] = Object.entries(node);
  if (!entry || typeof entry[1] === 'string' || entry[0].startsWith('?')) return [];
  const [name, inner] = entry;
  const text = inner.map((part) => part['#text']).filter((part) => typeof part === 'string');
  return [{ name, children: inner.flatMap(elementOf), text: text.join('') }];
}

const find = (element: Element | undefined, name: string): Element | undefined =>
  element?.children.find((candidate) => candidate.name === name);

function child(element: Element, name: string): Element {
  const found = find(element, name);
  if (!found) throw new SyncMlError('unexpected', `${element.name} has no ${name}`);
  return found;
}

const text = (element: Element, name: string): string => child(element, name).text.trim();

function number(element: Element, name: string): number {
  const value = text(element, name);
  if (!/^\d{1,9}$/.test(value))
    throw new SyncMlError('unexpected', `${name} of ${element.name} is no number`);
  return Number(value);
}

const location = (element: Element, name: 'Target' | 'Source'): string | undefined =>
  find(find(element, name), 'LocURI')?.text.trim();

function parseHeader(header: Element): DmHeader {
  if (text(header, 'VerDTD') !== '1.2') throw new SyncMlError('unexpected', 'another version than 1.2');
  return {
    sessionId: text(header, 'SessionID'),
    messageId: number(header, 'MsgID'),
    target: location(header, 'Target') ?? '',
    source: location(header, 'Source') ?? '',
  };
}

function parseCommand(element: Element): DmCommand {
  const cmdId = text(element, 'CmdID');
  const items = element.children.filter(({ name }) => name === 'Item').map(parseItem);
  switch (element.name) {
    case 'Atomic':
      return { name: 'Atomic', cmdId, commands: parseMembers(element) };
    case 'Alert':
      return { name: 'Alert', cmdId, code: number(element, 'Data'), items };
    case 'Status': {
      const targetRef = find(element, 'TargetRef')?.text.trim();
      return {
        name: 'Status',
        cmdId,
        ...parseReference(element),
        cmd: text(element, 'Cmd'),
        ...(targetRef !== undefined && { targetRef }),
        code: number(element, 'Data'),
      };
    }
    case 'Results':
      return { name: 'Results', cmdId, ...parseReference(element), items };
    default:
      if (!NODE_VERBS.has(element.name)) throw new SyncMlError('unexpected', `command ${element.name}`);
      return { name: element.name as NodeVerb, cmdId, items };
  }
}

const parseMembers = (atomic: Element): AtomicCommand['commands'] =>
  atomic.children.filter(({ name }) => name !== 'CmdID' && name !== 'Meta').map(parseCommand);

const parseReference = (element: Element) => ({
  msgRef: number(element, 'MsgRef'),
  cmdRef: text(element, 'CmdRef'),
});

function parseItem(element: Element): Item {
  const meta = find(element, 'Meta');
  const fields = {
    target: location(element, 'Target'),
    source: location(element, 'Source'),
    format: find(meta, 'Format')?.text.trim(),
    type: find(meta, 'Type')?.text.trim(),
    data: find(element, 'Data')?.text,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
