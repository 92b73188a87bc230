/** @module Signed messages of pkijs that lack something, say it twice or are of another kind; and such as were altered later. */
import { putTogether, replaceBytes, takeApart } from '../../../support/cms-surgery.js';
import { scepAttribute, type SignedByPkijs } from '../../../support/pkijs-message.js';
import { DEVICE, DEVICE_KEY, OTHER_KEY, selfSigned } from '../../../support/scep-bench.js';
import { readSignedData } from '../../../../dev/scep-client/index.js';
import type { Row, Rows } from './row.js';

const signedWith = (outcome: Row['outcome'], signed: SignedByPkijs): Row => ({ outcome, signed });
const tampered = (outcome: Row['outcome'], tamper: Required<Row>['tamper']): Row => ({ outcome, tamper });

const SOMEBODY = selfSigned(OTHER_KEY, { subject: 'CN=somebody else' });
const ALIKE = { subject: 'CN=device', serialNumber: Uint8Array.of(1, 2, 3) };

export const SIGNATURES: Rows = {
  'no transaction id': signedWith('ERR_SCEP_MALFORMED', { transactionId: null }),
  'an empty transaction id': signedWith('ERR_SCEP_MALFORMED', { transactionId: '' }),
  'a transaction id without end': signedWith('ERR_SCEP_MALFORMED', { transactionId: '9'.repeat(300) }),
  'no nonce': signedWith('ERR_SCEP_BAD_MESSAGE', { senderNonce: null }),
  'a nonce without end': signedWith('ERR_SCEP_BAD_MESSAGE', { senderNonce: new Uint8Array(5000) }),
  'no message type': signedWith('ERR_SCEP_MESSAGE_TYPE', { messageType: null }),
  'a message type of nobody’s': signedWith('ERR_SCEP_MESSAGE_TYPE', { messageType: '99' }),
  'an answer': signedWith('ERR_SCEP_MESSAGE_TYPE', { messageType: '3' }),
  'two message types': signedWith('ERR_SCEP_BAD_MESSAGE', { more: [scepAttribute('messageType', '17')] }),
  'two transaction ids': signedWith('ERR_SCEP_BAD_MESSAGE', { more: [scepAttribute('transactionId', 'x')] }),
  'a digest of something else': signedWith('ERR_SCEP_SIGNATURE', { messageDigest: new Uint8Array(32) }),
  'a request as a poll': signedWith('ERR_CERT_UNKNOWN', { messageType: '20' }),
  'a request as a query': signedWith('ERR_CERT_UNKNOWN', { messageType: '21' }),
  'a renewal without a challenge': {
    outcome: 'ERR_RENEWAL_OFF',
    csr: { attributes: [] },
    signed: { messageType: '17' },
  },
  'somebody else’s certificate beside the signature': {
    outcome: 'ERR_SCEP_SIGNATURE',
    signed: { certificates: [SOMEBODY.certificate.der] },
  },
  'a certificate of the same name and number with another key': {
    outcome: 'ERR_SCEP_SIGNATURE',
    signed: { certificates: [selfSigned(OTHER_KEY, ALIKE).certificate.der] },
    signer: selfSigned(DEVICE_KEY, ALIKE),
  },
};

/** After it was signed. */
export const TAMPERED: Rows = {
  'another message’s envelope': tampered('ERR_SCEP_SIGNATURE', (message, other) =>
    putTogether(message, { encapsulated: takeApart(other).encapsulated }),
  ),
  'another message’s signature': tampered('ERR_SCEP_SIGNATURE', (message, other) =>
    putTogether(other, { encapsulated: takeApart(message).encapsulated }),
  ),
  'two signers': tampered('ERR_SCEP_BAD_MESSAGE', (message, other) =>
    putTogether(message, { signerInfos: [message, other].flatMap((each) => takeApart(each).signerInfos) }),
  ),
  'another nonce': tampered('ERR_SCEP_SIGNATURE', (message) =>
    replaceBytes(message, Buffer.alloc(16, 5), Buffer.alloc(16, 6)),
  ),
  'another message type': tampered('ERR_SCEP_SIGNATURE', (message) =>
    replaceBytes(message, Buffer.from('13023139', 'hex'), Buffer.from('13023137', 'hex')),
  ),
  'no certificate': tampered('ERR_SCEP_SIGNATURE', (message) => putTogether(message, { certificates: [] })),
  'nobody’s signature': tampered('ERR_SCEP_MALFORMED', (message) =>
    putTogether(message, { signerInfos: [] }),
  ),
  'its envelope alone': tampered(
    'ERR_SCEP_MALFORMED',
    (message) => readSignedData(message).content ?? new Uint8Array(),
  ),
  'half of it': tampered('ERR_SCEP_MALFORMED', (message) => message.subarray(0, message.length / 2)),
  'an octet too many': tampered('ERR_SCEP_MALFORMED', (message) => Buffer.concat([message, Buffer.alloc(1)])),
  'a certificate in its place': tampered('ERR_SCEP_MALFORMED', () => DEVICE.certificate.der),
  'a web page in its place': tampered('ERR_SCEP_MALFORMED', () => Buffer.from('<html>Sign in</html>')),
};
