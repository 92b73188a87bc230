/** @module From a row to a message: `openssl req`, then `openssl cms`, then pkijs, and no writer of ours between them. */
import { randomBytes } from 'node:crypto';
import type { SignerIdentity } from '../../../../dev/scep-client/index.js';
import { signEnvelopeByPkijs } from '../../../support/pkijs-message.js';
import { DEVICE, DEVICE_KEY } from '../../../support/scep-bench.js';
import { ENVELOPES } from './envelopes.js';
import { EXTENSIONS } from './extensions.js';
import { SIGNATURES, TAMPERED } from './messages.js';
import { NAMES } from './names.js';
import { opensslCms, opensslRequest } from './openssl.js';
import { KEYS, REQUESTS } from './requests.js';
import { DEVICE_SUBJECT, type Row, type Rows, type Workshop } from './row.js';

export interface Stranger {
  readonly name: string;
  readonly outcome: Row['outcome'];
  readonly message: Uint8Array;
  /** What the message was signed under; it may have lost it since. */
  readonly transactionId: string;
  /** Whom an answer is encrypted to. */
  readonly signer: SignerIdentity;
  /** Must not be found in anything that is written. */
  readonly challenge: string;
}

export const ROWS: Rows = {
  ...EXTENSIONS,
  ...NAMES,
  ...KEYS,
  ...REQUESTS,
  ...ENVELOPES,
  ...SIGNATURES,
  ...TAMPERED,
};

/** Every row's message, each with a challenge of its own. */
export async function makeStrangers(workshop: Workshop): Promise<readonly Stranger[]> {
  const made: Stranger[] = [];
  for (const [index, [name, row]] of Object.entries(ROWS).entries()) {
    made.push(await makeStranger(workshop, name, row, `stranger-${String(index).padStart(3, '0')}`));
  }
  return made;
}

async function makeStranger(
  workshop: Workshop,
  name: string,
  row: Row,
  transactionId: string,
): Promise<Stranger> {
  const { outcome, signer = DEVICE, signed, tamper } = row;
  const challenge = randomBytes(48).toString('hex');
  const build = async (own: Row, id: string, secret: string): Promise<Uint8Array> =>
    signEnvelopeByPkijs(await makeEnvelope(workshop, own, id, secret), signer, {
      transactionId: id,
      ...signed,
    });
  const message = await build(row, transactionId, challenge);
  if (!tamper) return { name, outcome, message, transactionId, signer, challenge };
  const other = await build({ outcome }, `${transactionId}-other`, randomBytes(48).toString('hex'));
  return { name, outcome, message: tamper(message, other), transactionId, signer, challenge };
}

async function makeEnvelope(
  workshop: Workshop,
  { csr, spoil = (request) => request, seal = encrypt }: Row,
  name: string,
  challenge: string,
): Promise<Uint8Array> {
  const request = await opensslRequest(workshop.folder, name, {
    key: DEVICE_KEY,
    subject: DEVICE_SUBJECT,
    attributes: [`challengePassword = ${challenge}`],
    ...csr,
  });
  return opensslCms(spoil(request), ...seal(workshop));
}

const encrypt = ({ recipient }: Workshop): readonly string[] => ['-encrypt', '-aes256', recipient];
