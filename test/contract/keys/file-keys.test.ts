import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { createLocalDecrypter, createLocalSigner } from '../../../lib/keys/local-key.js';
import { decrypterContract } from './decrypter.js';
import { signerContract } from './signer.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;

const open = (key: typeof rsa) => () => Promise.resolve(createLocalSigner(key));

signerContract('file keys, RSA', open(rsa), ['RS256', 'RS384', 'RS512', 'PS256', 'RS1']);
signerContract('file keys, P-256', open(p256), ['ES256']);
signerContract('file keys, P-384', open(p384), ['ES384']);

decrypterContract('file keys', () =>
  Promise.resolve({ decrypter: createLocalDecrypter(rsa), publicKey: createPublicKey(rsa) }),
);
