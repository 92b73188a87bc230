import { describe, expect, it } from 'vitest';

import { decodeGroup, encodeGroup } from '../../../lib/store/entity-group.js';

const TABLE = 'https://account.table.core.windows.net/certificates';

const answer = (...parts: string[]) =>
  [
    ...parts.map((part) => `--changesetresponse_1\r\nContent-Type: application/http\r\n\r\n${part}`),
    '--changesetresponse_1--',
  ].join('\r\n');

describe('encodeGroup', () => {
  const { contentType, body } = encodeGroup(
    TABLE,
    'A',
    [
      {
        kind: 'insert',
        key: 'c|0A',
        row: { Subject: 'Bücher\u2028\r\n--changeset_id', 'At@odata.type': 'Edm.DateTime' },
      },
      { kind: 'replace', key: 'k|0A', row: {}, version: 'W/"1"' },
      { kind: 'put', key: 'r|0A', row: {} },
      { kind: 'delete', key: 'z|x|0A' },
      { kind: 'delete', key: 'k|1A', version: 'W/"2"' },
    ],
    'id',
  );
  const parts = body.split('--changeset_id\r\n').slice(1);

  it('frames one part for each change', () => {
    expect(contentType).toBe('multipart/mixed; boundary=batch_id');
    expect(
      body.startsWith('--batch_id\r\nContent-Type: multipart/mixed; boundary=changeset_id\r\n\r\n'),
    ).toBe(true);
    expect(body.endsWith('--changeset_id--\r\n--batch_id--\r\n')).toBe(true);
    expect(parts).toHaveLength(5);
  });

  it('says every change with its method, its entity and its condition', () => {
    const lines = parts.map((part) => ({
      request: /^(POST|PUT|DELETE) .*$/m.exec(part)?.[0],
      condition: /^If-Match: (.*)$/m.exec(part)?.[1],
    }));
    const entity = (key: string) => `${TABLE}(PartitionKey='A',RowKey='${key}') HTTP/1.1`;
    expect(lines).toEqual([
      { request: `POST ${TABLE} HTTP/1.1`, condition: undefined },
      { request: `PUT ${entity('k%7C0A')}`, condition: 'W/"1"' },
      { request: `PUT ${entity('r%7C0A')}`, condition: undefined },
      { request: `DELETE ${entity('z%7Cx%7C0A')}`, condition: '*' },
      { request: `DELETE ${entity('k%7C1A')}`, condition: 'W/"2"' },
    ]);
  });

  it('writes rows in ASCII, on one line, that read back as they were', () => {
    const json = /^\{.*\}$/m.exec(parts[0] ?? '')?.[0] ?? '';
    // eslint-disable-next-line no-control-regex -- the point is that there are none
    expect(body).not.toMatch(/[^\x00-\x7f]/);
    expect(JSON.parse(json)).toEqual({
      PartitionKey: 'A',
      RowKey: 'c|0A',
      Subject: 'Bücher\u2028\r\n--changeset_id',
      'At@odata.type': 'Edm.DateTime',
    });
  });
});

describe('decodeGroup', () => {
  it('gives the versions in order, none for a deletion', () => {
    const body = answer(
      'HTTP/1.1 204 No Content\r\nETag: W/"1"\r\n\r\n',
      'HTTP/1.1 204 No Content\r\n\r\n',
      'HTTP/1.1 204 No Content\r\netag: W/"3"\r\n\r\n',
    );
    expect(decodeGroup(body, 3)).toEqual({ versions: ['W/"1"', '', 'W/"3"'] });
  });

  it('tells why nothing was written', () => {
    const body = answer(
      'HTTP/1.1 412 Precondition Failed\r\n\r\n{"odata.error":{"code":"UpdateConditionNotSatisfied","message":{"value":"1:no"}}}',
    );
    expect(decodeGroup(body, 5)).toEqual({ failure: { status: 412, code: 'UpdateConditionNotSatisfied' } });
  });

  it.each(['', '<html>', answer('HTTP/1.1 204 No Content\r\n\r\n')])('takes %j for no answer', (body) => {
    expect(decodeGroup(body, 2)).toEqual({ failure: { status: 502, code: 'IncompleteAnswer' } });
  });

  it('does not take an unreadable status for success', () => {
    expect(decodeGroup(answer('HTTP/1.1 abc\r\n\r\n'), 1)).toHaveProperty('failure');
  });
});
