/** @module Messages that cannot be read, by what is wrong with them; all of one size, so that size tells nothing. */
import { createCipheriv } from 'node:crypto';
import type { Dice } from '../../dev/fleet/dice.js';
import { OID } from '../../dev/scep-client/index.js';
import { issuerAndSerial } from '../../dev/scep-client/envelope.js';
import { wrapKey } from '../../dev/scep-client/key-transport.js';
import {
  contextPrimitive,
  context,
  encode,
  integer,
  octetString,
  oid,
  sequence,
  TAG,
} from '../../lib/pki/der.js';
import { DEVICE_KEY, deviceCsr, OTHER_KEY, selfSigned, type Bench } from '../support/scep-bench.js';

/** Who captured an envelope signs it anew with a key of their own: the request inside names another. */
const STRANGER = selfSigned(OTHER_KEY);

const AES_128 = '2.16.840.1.101.3.4.1.2';
const BLOCK = 16;

/** A request whose length leaves one whole octet or more for padding, whatever its signature is. */
const request = (options: Parameters<typeof deviceCsr>[0] = {}): Uint8Array =>
  deviceCsr({ challenge: 'x'.repeat(2400), ...options });

const pad = (plain: Uint8Array, octet?: number): Uint8Array => {
  const count = BLOCK - (plain.length % BLOCK);
  return Buffer.concat([plain, Buffer.alloc(count, octet ?? count)]);
};

/** What is inside the envelope, and whether the key to it opens. */
interface Kind {
  readonly plain: (dice: Dice) => Uint8Array;
  readonly wrapped?: (dice: Dice, length: number) => Uint8Array;
}

const csr = request();

/** The three that must not be told apart, and two that lie further behind. */
export const KINDS = {
  unwrap: {
    plain: () => pad(csr),
    wrapped: (dice, length) => Buffer.concat([Buffer.of(0), dice.bytes(length - 1)]),
  },
  padding: { plain: () => pad(csr, 0) },
  parse: { plain: (dice) => pad(dice.bytes(csr.length)) },
  'parse, late': {
    plain: () => {
      const damaged = Uint8Array.from(csr);
      // The identifier octet of the signature: everything before it is read.
      damaged[csr.length - 260] = 0x04;
      return pad(damaged);
    },
  },
  signature: { plain: () => pad(request({ key: DEVICE_KEY, signWith: OTHER_KEY })) },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof KINDS;

/** Whole pkiMessages of one kind, each with its own keys and chance. */
export function createSamples(bench: Bench, kind: KindName, count: number, dice: Dice): Uint8Array[] {
  return Array.from({ length: count }, () => {
    const { plain, wrapped }: Kind = KINDS[kind];
    const key = dice.bytes(16);
    const iv = dice.bytes(BLOCK);
    const cipher = createCipheriv('aes-128-cbc', key, iv).setAutoPadding(false);
    const encrypted = Buffer.concat([cipher.update(plain(dice)), cipher.final()]);
    const transport = wrapKey(bench.ca.encryption.publicKey, key, 'pkcs1');
    const encryptedKey = wrapped?.(dice, transport.encryptedKey.length) ?? transport.encryptedKey;
    const info = sequence(
      integer(0),
      issuerAndSerial(bench.ca.encryption),
      transport.algorithm,
      octetString(encryptedKey),
    );
    const content = sequence(
      oid(OID.data),
      sequence(oid(AES_128), octetString(iv)),
      contextPrimitive(0, encrypted),
    );
    const envelope = sequence(
      oid(OID.envelopedData),
      context(0, sequence(integer(0), encode(TAG.set, info), content)),
    );
    return bench.build({ envelope, signer: STRANGER });
  });
}
