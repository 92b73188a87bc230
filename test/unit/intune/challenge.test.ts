import { describe, expect, it } from 'vitest';
import { readDeviceId, readSealedPart } from '../../../lib/intune/challenge.js';
import { codeOf } from '../../support/error-code.js';

const ID = '7c4f1b6e-0a3d-4c58-9a0e-2f7b1d5c9e11';
const challenge = (inner: string) =>
  Buffer.from(`<CertEnrollToken><Data/>${inner}</CertEnrollToken>`).toString('base64');

it('reads the device id', () => {
  expect(readDeviceId(challenge(`<DeviceId>${ID.toUpperCase()}</DeviceId>`))).toBe(ID);
});

it.each([
  ['a static challenge', 'open sesame'],
  ['no element', challenge('')],
  ['no GUID', challenge('<DeviceId>router</DeviceId>')],
  ['too long a challenge', challenge(`<DeviceId>${ID}</DeviceId>${' '.repeat(32 * 1024)}`)],
])('finds none in %s', (_name, text) => {
  expect(readDeviceId(text)).toBeUndefined();
});

describe('the sealed part', () => {
  const SEALED = 'MIIBAAEC/w==';
  const element = `<CertEnrollChallenge>${SEALED}</CertEnrollChallenge>`;
  const token = (data = element, rest = `<DeviceId>${ID}</DeviceId>`) =>
    `<CertEnrollToken><Data>${data}<SignerThumbprint>00</SignerThumbprint></Data>${rest}</CertEnrollToken>`;
  const base64 = (xml: string, encoding: BufferEncoding = 'utf8') =>
    Buffer.from(xml, encoding).toString('base64');

  it.each<[string, string]>([
    ['as Intune writes it', base64(token())],
    ['blanks after the base64', `${base64(token())} \r\n`],
    ['base64 in lines', base64(token()).replace(/.{64}/g, '$&\n')],
    ['base64 without padding', base64(token()).replace(/=+$/, '')],
    [
      'other bits behind the last octet',
      base64(token('<CertEnrollChallenge>MIIBAAEC/x==</CertEnrollChallenge>')),
    ],
    ['blanks between elements', base64(token().replaceAll('><', '>\n  <'))],
    [
      'blanks in the sealed base64',
      base64(token('<CertEnrollChallenge> MIIB\nAAEC\t/w== </CertEnrollChallenge>')),
    ],
    ['blanks in the tags', base64(token(`<CertEnrollChallenge >${SEALED}</CertEnrollChallenge\n>`))],
    ['an attribute', base64(token(`<CertEnrollChallenge a="b">${SEALED}</CertEnrollChallenge>`))],
    ['a prefix', base64(token(`<a:CertEnrollChallenge>${SEALED}</a:CertEnrollChallenge>`))],
    ['an XML declaration', base64(`<?xml version="1.0"?>${token()}`)],
    ['an XML declaration with its encoding', base64(`<?xml version="1.0" encoding="utf-8"?>${token()}`)],
    ['another device', base64(token(element, '<DeviceId>00000000-0000-4000-8000-000000000000</DeviceId>'))],
  ])('%s: the same octets', (_case, text) => {
    expect(readSealedPart(text)).toBe(SEALED);
  });

  it('other octets are another part', () => {
    expect(readSealedPart(base64(token('<CertEnrollChallenge>MIIBAAEC/g==</CertEnrollChallenge>')))).toBe(
      'MIIBAAEC/g==',
    );
  });

  it.each<[string, string]>([
    ['two of them', base64(token(element + element))],
    ['one in a comment', base64(token(`<!--${element}-->${element}`))],
    ['a comment beside it', base64(token(`<!-- x -->${element}`))],
    [
      'its name in an entity',
      base64(`<!DOCTYPE a [<!ENTITY e "<CertEnroll&#67;hallenge>">]>${token('&e;')}`),
    ],
    ['another encoding', base64(`<?xml version='1.0' encoding='utf-7'?>${token('+ADw-')}`)],
    ['another encoding behind a mark', base64(`\u{feff}<?xml version="1.0" encoding = "utf-7"?>${token()}`)],
    ['a comment in it', base64(token(`<CertEnrollChallenge>MIIB<!-- -->AAEC/w==</CertEnrollChallenge>`))],
    ['a CDATA section', base64(token(`<CertEnrollChallenge><![CDATA[${SEALED}]]></CertEnrollChallenge>`))],
    ['a reference', base64(token('<CertEnrollChallenge>&#77;IIBAAEC/w==</CertEnrollChallenge>'))],
    ['UTF-16', base64(token(), 'utf16le')],
  ])('%s: nobody can tell', (_case, text) => {
    expect(codeOf(() => readSealedPart(text))).toBe('ERR_CHALLENGE_ALTERED');
  });

  const cutOff = base64(`<CertEnrollToken><Data><CertEnrollChallenge>${SEALED}`);
  it.each(['open sesame', '', base64('<CertEnrollToken/>'), cutOff])('%j is no token', (text) => {
    expect(readSealedPart(text)).toBeUndefined();
  });
});
