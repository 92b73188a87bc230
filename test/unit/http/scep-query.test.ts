import { describe, expect, it } from 'vitest';
import { decodeMessage, parseScepQuery } from '../../../lib/http/scep-query.js';

const parse = (query: string) => parseScepQuery(`http://skep.test/static${query}`);
const BYTES = Buffer.from('fbefbefffe00', 'hex');

describe('parseScepQuery', () => {
  it.each([
    ['', undefined, undefined],
    ['?', undefined, undefined],
    ['?operation=PKIOperation', 'pkioperation', undefined],
    ['?operation=GetCACaps&message=', 'getcacaps', ''],
    ['?OPERATION=pkioperation&Message=AA', 'pkioperation', 'AA'],
    // micromdm sends the message first, sscep appends what it is told to.
    ['?message=AA%3D%3D&operation=PKIOperation', 'pkioperation', 'AA=='],
    ['?operation=PKIOperation&message=AA&k=v', 'pkioperation', 'AA'],
    ['?operation=GetCACert&message=Device%20Management', 'getcacert', 'Device Management'],
    // `+` is data in base64, and so is `=`.
    ['?operation=PKIOperation&message=a+b/c==', 'pkioperation', 'a+b/c=='],
    ['?operation=PKIOperation&message=a%2Bb%2fc', 'pkioperation', 'a+b/c'],
    ['?operation=PKIOperation&message=AAAA%0ABBBB%0A', 'pkioperation', 'AAAA\nBBBB\n'],
    // Decoded once: what was escaped twice is no base64.
    ['?operation=PKIOperation&message=a%252Bb', 'pkioperation', 'a%2Bb'],
    ['?operation=PKIOperation&message=100%', 'pkioperation', '100%'],
    ['?operation', '', undefined],
    ['?operation=', '', undefined],
    ['?&&operation=GetCACaps&', 'getcacaps', undefined],
    ['?operation=GetCACaps&operation=PKIOperation', 'getcacaps', undefined],
    ['?operation=GetCACaps#operation=PKIOperation', 'getcacaps', undefined],
    ['?message=a?b', undefined, 'a?b'],
  ])('%s', (query, operation, message) => {
    expect(parse(query)).toEqual({ operation, message });
  });
});

describe('decodeMessage', () => {
  it.each([
    ['++++//4A', 'base64'],
    ['--__/4A', 'base64 and base64url mixed'],
  ])('reads %s', (text) => {
    expect(decodeMessage(text)).toBeInstanceOf(Uint8Array);
  });

  it.each([
    ['base64', '++++//4A'],
    ['base64url (micromdm)', '----__4A'],
    ['spaces for plus signs', '    //4A'],
    ['line breaks (strongSwan, Cisco)', '++++\n//4A\n'],
    ['other line breaks', '++++\r\n//4A\r\n'],
    ['tabs', '\t++++//4A'],
  ])('%s', (_case, text) => {
    expect(Buffer.from(decodeMessage(text) ?? [])).toEqual(BYTES);
  });

  it.each(['AAE=', 'AAE'])('padded or not: %s', (text) => {
    expect(decodeMessage(text)).toEqual(Uint8Array.of(0, 1));
  });

  it.each(['', '====', 'AA=A', 'AAAA===', 'MII%2B', '{"a":1}', 'é', '-----BEGIN-----!'])(
    'is nothing for %j',
    (text) => {
      expect(decodeMessage(text)).toBeUndefined();
    },
  );
});
