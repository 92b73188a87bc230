/** @module Texts that strangers send: challenge tokens, query strings, OCSP requests in a path. */
import { fromBase64, toBase64 } from '../../../lib/base/bytes.js';
import { parseOcspPath } from '../../../lib/http/ocsp.js';
import { decodeMessage, parseScepQuery } from '../../../lib/http/scep-query.js';
import { readDeviceId, readSealedPart } from '../../../lib/intune/challenge.js';
import { codeOf } from '../../support/error-code.js';
import { judgeOther, ACCEPTED, refused } from '../verdict.js';
import { REQUESTS, TARGETS } from '../seeds.js';
import { parseCertificationRequest } from '../../../lib/pki/csr.js';
import { assertHolds, type Target } from '../target.js';

const latin1 = (input: Uint8Array): string => Buffer.from(input).toString('latin1');
const octets = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

const TOKEN =
  '<CertEnrollToken><Data><CertEnrollChallenge>AAAA</CertEnrollChallenge></Data><DeviceId>7c4f1b6e-0a3d-4c58-9a0e-2f7b1d5c9e11</DeviceId></CertEnrollToken>';
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const challenge: Target = {
  name: 'challenge',
  about: 'challenge tokens, in clear and in base64',
  grammar: 'text',
  words: [
    '<DeviceId>',
    '</DeviceId>',
    '<!DOCTYPE',
    '<!ENTITY',
    '&lt;',
    '7c4f1b6e-0a3d-4c58-9a0e-2f7b1d5c9e11',
    '==',
  ],
  seeds: () => [
    octets(TOKEN),
    octets(Buffer.from(TOKEN).toString('base64')),
    ...REQUESTS.map((der) => octets(parseCertificationRequest(der).challenge ?? '')),
  ],
  run(input) {
    const text = latin1(input);
    // As it came, and as Intune would have wrapped it.
    for (const token of [text, Buffer.from(input).toString('base64')]) {
      const id = readDeviceId(token);
      assertHolds(id === undefined || GUID.test(id), 'a device id is a GUID');
      assertHolds(
        id === undefined || latin1(fromBase64(token)).toLowerCase().includes(id),
        'it stands in the text',
      );
      const code = codeOf(() => readSealedPart(token));
      assertHolds(
        code === undefined || code === 'ERR_CHALLENGE_ALTERED',
        'it is refused as altered or not at all',
      );
      if (code !== undefined) continue;
      const sealed = readSealedPart(token);
      assertHolds(sealed === readSealedPart(`${token} \n`), 'blanks behind it change nothing');
      assertHolds(sealed === undefined || sealed === toBase64(fromBase64(sealed)), 'it has one form');
    }
    return readDeviceId(text) === undefined ? refused('no device id') : ACCEPTED;
  },
};

export const query: Target = {
  name: 'query',
  about: 'query strings of SCEP, and OCSP requests in a path',
  grammar: 'text',
  words: [
    'operation=',
    '&',
    'message=',
    'GetCACert',
    'PKIOperation',
    '%2B',
    '%',
    '+',
    '?',
    '#',
    '=',
    '%00',
    '%ff',
    '__proto__',
  ],
  seeds: () =>
    [
      'operation=GetCACaps',
      'operation=GetCACert&message=ca',
      'message=MIIB&operation=PKIOperation',
      ...TARGETS,
    ].map(octets),
  run(input) {
    const text = latin1(input).replace(/[^\x21-\x7e]/g, '');
    const { operation, message } = parseScepQuery(`http://skep.test/certsrv/mscep/mscep.dll?${text}`);
    assertHolds(
      operation === undefined || operation === operation.toLowerCase(),
      'operations are lower case',
    );
    assertPlainQuery(text, operation, message);
    const decoded = message === undefined ? undefined : decodeMessage(message);
    assertHolds(decoded === undefined || decoded.length <= (message ?? '').length, 'base64 does not grow');
    const url = `http://skep.test/ocsp/${text}`;
    if (URL.canParse(url))
      assertHolds(parseOcspPath(url).length <= 16_384, 'a request in a path has its bound');
    return decoded ? ACCEPTED : refused('no message');
  },
};

/** Where the form decoding of the platform and ours must agree: nothing that only one of them treats specially. */
function assertPlainQuery(text: string, operation: string | undefined, message: string | undefined): void {
  const [plain = ''] = text.split('#');
  // URLSearchParams takes a question mark at the beginning for the one of the URL.
  if (plain.startsWith('?') || plain.includes('+') || !judgeOther(() => decodeURIComponent(plain)).accepted)
    return;
  const theirs = new URLSearchParams(plain);
  const named = (name: string) => [...theirs].find(([key]) => key.toLowerCase() === name)?.[1];
  assertHolds(named('operation')?.toLowerCase() === operation, 'operation as URLSearchParams has it');
  assertHolds(named('message') === message, 'message as URLSearchParams has it');
}
