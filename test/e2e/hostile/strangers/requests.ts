/** @module Keys that are weak, or not the requester's, and requests that say something twice or nothing at all. */
import type { KeyObject } from 'node:crypto';
import { DEVICE, DEVICE_KEY, OTHER_KEY } from '../../../support/scep-bench.js';
import { rsaPublicKey, spki } from '../../../support/request-builder.js';
import { generatePrivateKey } from '../../../support/test-authority.js';
import {
  forgeWithExponentOne,
  generateRsa,
  repeatLastAttribute,
  signAnew,
  withPublicKey,
} from './forgery.js';
import type { Row, Rows } from './row.js';

const withKey = (outcome: Row['outcome'], key: KeyObject, ...args: readonly string[]): Row => ({
  outcome,
  csr: { key, args },
});

export const KEYS: Rows = {
  'RSA-1024': withKey('ERR_KEY_SIZE', generateRsa(1024)),
  'an exponent of 3': withKey('ERR_KEY_WEAK', generateRsa(2048, 3)),
  'an exponent of 1': { outcome: 'ERR_KEY_WEAK', spoil: forgeWithExponentOne },
  'an even modulus': {
    outcome: 'ERR_CSR_SIGNATURE',
    spoil: (csr) => withPublicKey(csr, rsaPublicKey(1n << 2047n)),
  },
  'an elliptic curve': withKey('ERR_KEY_ALGORITHM', generatePrivateKey('ec')),
  'a hash of 1991': withKey('ERR_SCEP_ALGORITHM', DEVICE_KEY, '-md5'),
  'an honest PSS signature': withKey('issued', DEVICE_KEY, '-sigopt', 'rsa_padding_mode:pss'),
  'somebody else’s key': {
    outcome: 'ERR_CSR_SIGNATURE',
    spoil: (csr) => withPublicKey(csr, spki(OTHER_KEY)),
  },
};

export const REQUESTS: Rows = {
  'no challenge': { outcome: 'ERR_CHALLENGE_MISSING', csr: { attributes: [] } },
  'two challenges': { outcome: 'ERR_CSR_AMBIGUOUS', spoil: (csr) => signAnew(csr, repeatLastAttribute) },
  'an extension twice': {
    outcome: 'ERR_CSR_AMBIGUOUS',
    csr: { extensions: ['subjectAltName = DNS:a.example', '2.5.29.17 = DER:300b8209622e6578616d706c65'] },
  },
  'two extension requests': {
    outcome: 'ERR_CSR_AMBIGUOUS',
    csr: { extensions: ['subjectAltName = DNS:a.example'] },
    spoil: (csr) => signAnew(csr, repeatLastAttribute),
  },
  'octets behind the request': {
    outcome: 'ERR_SCEP_UNDECRYPTABLE',
    spoil: (csr) => Buffer.concat([csr, Buffer.alloc(4)]),
  },
  'half a request': { outcome: 'ERR_SCEP_UNDECRYPTABLE', spoil: (csr) => csr.subarray(0, csr.length / 2) },
  'a certificate for a request': { outcome: 'ERR_SCEP_UNDECRYPTABLE', spoil: () => DEVICE.certificate.der },
  'nothing but zeros': { outcome: 'ERR_SCEP_UNDECRYPTABLE', spoil: () => new Uint8Array(2000) },
};
