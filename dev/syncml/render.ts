/** @module From a message to SyncML 1.2 XML. */
import XmlBuilder from 'fast-xml-builder';
import type { DmCommand, DmHeader, DmMessage, Item } from './message.js';

type Element = Readonly<Record<string, unknown>>;

const NAMESPACES = { message: 'SYNCML:SYNCML1.2', meta: 'syncml:metinf' } as const;

const wire = new XmlBuilder({ preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: '@' });
const indented = new XmlBuilder({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  format: true,
});

/** @param pretty with indentation, for people. */
export function renderSyncMl({ header, commands, final }: DmMessage, pretty = false): string {
  const root = parent(
    'SyncML',
    [renderHeader(header), parent('SyncBody', [...commands.map(renderCommand), ...(final ? [FINAL] : [])])],
    NAMESPACES.message,
  );
  return (pretty ? indented : wire).build([root]).trim();
}

const FINAL: Element = { Final: [] };

const parent = (name: string, children: readonly Element[], namespace?: string): Element => ({
  [name]: children,
  ...(namespace !== undefined && { ':@': { '@xmlns': namespace } }),
});

const leaf = (name: string, text: string | number, namespace?: string): Element =>
  parent(name, text === '' ? [] : [{ '#text': String(text) }], namespace);

const location = (name: 'Target' | 'Source', uri: string): Element => parent(name, [leaf('LocURI', uri)]);

const renderHeader = ({ sessionId, messageId, target, source }: DmHeader): Element =>
  parent('SyncHdr', [
    leaf('VerDTD', '1.2'),
    leaf('VerProto', 'DM/1.2'),
    leaf('SessionID', sessionId),
    leaf('MsgID', messageId),
    location('Target', target),
    location('Source', source),
  ]);

function renderCommand(command: DmCommand): Element {
  const id = leaf('CmdID', command.cmdId);
  switch (command.name) {
    case 'Atomic':
      return parent('Atomic', [id, ...command.commands.map(renderCommand)]);
    case 'Alert':
      return parent('Alert', [id, leaf('Data', command.code), ...command.items.map(renderItem)]);
    case 'Status':
      return parent('Status', [
        id,
        leaf('MsgRef', command.msgRef),
        leaf('CmdRef', command.cmdRef),
        leaf('Cmd', command.cmd),
        ...(command.targetRef === undefined ? [] : [leaf('TargetRef', command.targetRef)]),
        leaf('Data', command.code),
      ]);
    case 'Results':
      return parent('Results', [
        id,
        leaf('MsgRef', command.msgRef),
        leaf('CmdRef', command.cmdRef),
        ...command.items.map(renderItem),
      ]);
    case 'Add':
    case 'Replace':
    case 'Delete':
    case 'Get':
    case 'Exec':
      return parent(command.name, [id, ...command.items.map(renderItem)]);
  }
}

function renderItem({ target, source, format, type, data }: Item): Element {
  const meta = [
    ...(format === undefined ? [] : [leaf('Format', format, NAMESPACES.meta)]),
    ...(type === undefined ? [] : [leaf('Type', type, NAMESPACES.meta)]),
  ];
  return parent('Item', [
    ...(target === undefined ? [] : [location('Target', target)]),
    ...(source === undefined ? [] : [location('Source', source)]),
    ...(meta.length > 0 ? [parent('Meta', meta)] : []),
    ...(data === undefined ? [] : [leaf('Data', data)]),
  ]);
}
