/** @module The version of the vault key that the next CA will use. */
import type { CaCertificateSet } from '../../lib/keys/ca-certificates.js';
import { belongsTo } from '../../lib/keys/fitness.js';
import { keyTypeOf, KEY_TYPES } from '../../lib/keys/key-types.js';
import { callVault, createKeyClient } from '../../lib/keys/vault-connection.js';
import { parseCertificate } from '../../lib/pki/certificate.js';
import { CliError, EXIT } from '../terminal.js';
import type { Report } from './report.js';
import type { CaTools, OpenedCaKey } from './tools.js';

/** @returns the newest version, if it is not the current CA's. */
export async function findNextKey(tools: CaTools, set: CaCertificateSet): Promise<OpenedCaKey | undefined> {
  const newest = await tools.openKey();
  return belongsTo(parseCertificate(set.current.certificate), newest.signer.publicKey) ? undefined : newest;
}

/** Makes a version of the current key's type and protection that may sign, and nothing else unless the CA does all. */
export async function createNextKey(tools: CaTools, report: Report): Promise<OpenedCaKey> {
  const { vault, keyName, mode } = tools;
  const { hsm, signer } = await tools.openKey();
  const type = KEY_TYPES[keyTypeOf(signer.publicKey) ?? 'RSA-3072'];
  const client = await createKeyClient(vault);
  const keyOps = ['sign', 'verify', ...(mode === 'ca' ? ['decrypt'] : [])];
  report.step(`Making a new version of the key ${keyName}.`);
  await callVault(vault, 'create key', (call) =>
    type.family === 'rsa'
      ? client.createRsaKey(keyName, { ...call, keySize: type.size, hsm, keyOps })
      : client.createEcKey(keyName, { ...call, curve: CURVES[type.size], hsm, keyOps }),
  );
  return tools.openKey();
}

const CURVES = { prime256v1: 'P-256', secp384r1: 'P-384' } as const;

/** @throws {CliError} */
export async function ensureNextKey(
  tools: CaTools,
  set: CaCertificateSet,
  options: { readonly create: boolean; readonly report: Report },
): Promise<OpenedCaKey> {
  const found = await findNextKey(tools, set);
  if (found) return found;
  if (options.create) return createNextKey(tools, options.report);
  throw new CliError(
    EXIT.failed,
    'ERR_NO_NEXT_KEY',
    `The newest version of the key ${tools.keyName} is the current CA’s.`,
    'Add --create-key (you need Key Vault Crypto Officer on the key), or make a new version of the key as the deployment makes keys.',
  );
}
