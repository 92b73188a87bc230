import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DmMessage } from '../../../dev/syncml/message.js';
import { parseSyncMl, SyncMlError } from '../../../dev/syncml/parse.js';
import { renderSyncMl } from '../../../dev/syncml/render.js';

const header = { sessionId: '1A', messageId: 2, target: 'https://mdm.example/x?a=1&b=2', source: 'device' };

const MESSAGE: DmMessage = {
  header,
  commands: [
    { name: 'Status', cmdId: '1', msgRef: 1, cmdRef: '0', cmd: 'SyncHdr', code: 200 },
    { name: 'Status', cmdId: '2', msgRef: 1, cmdRef: '4', cmd: 'Get', targetRef: './A', code: 404 },
    {
      name: 'Results',
      cmdId: '3',
      msgRef: 1,
      cmdRef: '5',
      items: [{ source: './B', format: 'chr', data: '' }],
    },
    { name: 'Alert', cmdId: '4', code: 1201, items: [] },
    {
      name: 'Atomic',
      cmdId: '5',
      commands: [
        { name: 'Add', cmdId: '6', items: [{ target: './C', format: 'node' }] },
        {
          name: 'Replace',
          cmdId: '7',
          items: [{ target: './C/D', format: 'chr', type: 'text/plain', data: '<&"\'>' }],
        },
        { name: 'Exec', cmdId: '8', items: [{ target: './C/E', format: 'null' }] },
      ],
    },
    { name: 'Get', cmdId: '9', items: [{ target: './F' }] },
    { name: 'Delete', cmdId: '10', items: [{ target: './G' }] },
  ],
  final: true,
};

const wrap = (body: string, version = '1.2'): string =>
  `<?xml version="1.0" encoding="utf-8"?><SyncML xmlns="SYNCML:SYNCML1.2"><SyncHdr><VerDTD>${version}</VerDTD>` +
  `<VerProto>DM/1.2</VerProto><SessionID>1</SessionID><MsgID>1</MsgID><Target><LocURI>t</LocURI></Target>` +
  `<Source><LocURI>s</LocURI></Source></SyncHdr><SyncBody>${body}</SyncBody></SyncML>`;

const faultOf = (xml: string): string => {
  try {
    parseSyncMl(xml);
  } catch (thrown) {
    return thrown instanceof SyncMlError ? thrown.fault : String(thrown);
  }
  return 'none';
};

describe('SyncML', () => {
  it.each([false, true])('comes back as it went out, pretty: %s', (pretty) => {
    expect(parseSyncMl(renderSyncMl(MESSAGE, pretty))).toEqual(MESSAGE);
  });

  it('names the version and both namespaces', () => {
    const xml = renderSyncMl(MESSAGE);
    expect(xml).toMatch(
      /^<SyncML xmlns="SYNCML:SYNCML1\.2"><SyncHdr><VerDTD>1\.2<\/VerDTD><VerProto>DM\/1\.2</,
    );
    expect(xml).toContain('<Format xmlns="syncml:metinf">node</Format>');
    expect(xml).toMatch(/<Final><\/Final><\/SyncBody><\/SyncML>$/);
  });

  it('keeps any text that XML can hold', () => {
    const text = fc.string({ unit: fc.constantFrom(...('<>&"\' aé€😀;]=\n'.match(/./gsu) ?? [])) });
    fc.assert(
      fc.property(text, (data) => {
        const message: DmMessage = {
          ...MESSAGE,
          commands: [{ name: 'Replace', cmdId: '1', items: [{ data }] }],
        };
        expect(parseSyncMl(renderSyncMl(message)).commands).toEqual(message.commands);
      }),
    );
  });

  it('reads what Windows and other servers write: white space, CDATA, references, no Final', () => {
    const xml = wrap(`
      <Add>
        <CmdID> 7 </CmdID>
        <Item><Target><LocURI> ./X </LocURI></Target><Meta><Type xmlns="syncml:metinf">text/plain</Type></Meta>
        <Data><![CDATA[<a>&]]></Data></Item>
        <Item><Data>&#x41;&amp;&#66;</Data></Item>
      </Add>`);
    expect(parseSyncMl(xml)).toMatchObject({
      final: false,
      commands: [
        {
          name: 'Add',
          cmdId: '7',
          items: [{ target: './X', type: 'text/plain', data: '<a>&' }, { data: 'A&B' }],
        },
      ],
    });
  });

  it.each([
    ['doctype', `<!DOCTYPE SyncML [<!ENTITY x "y">]>${wrap('').slice(38)}`],
    ['doctype', wrap('<!ENTITY x "y">')],
    ['malformed', wrap('<Add><CmdID>1</CmdID>')],
    ['malformed', ''],
    ['malformed', 'not XML'],
    ['unexpected', '<Other/>'],
    ['unexpected', wrap('', '1.1')],
    ['unexpected', wrap('<Copy><CmdID>1</CmdID></Copy>')],
    ['unexpected', wrap('<Add></Add>')],
    ['unexpected', wrap('<Status><CmdID>1</CmdID><MsgRef>x</MsgRef></Status>')],
  ])('refuses what is %s: %#', (fault, xml) => {
    expect(faultOf(xml)).toBe(fault);
  });
});
