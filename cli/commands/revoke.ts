/** @module `skep revoke`, `hold` and `release`: whether a certificate is still good. */
import { Command, Option } from 'commander';
import { REVOCATION_REASONS } from '../../lib/store/states.js';
import { addAccessOptions, openAccess, type AccessOptions } from '../management/access.js';
import { CertificateChange, readAnswer, type Certificate } from '../management/answers.js';
import { createManagementClient } from '../management/client.js';
import { parseSerial } from '../management/options.js';
import { printJson, type Terminal } from '../terminal.js';

const REASONS = Object.keys(REVOCATION_REASONS).filter((reason) => reason !== 'certificateHold');

export function createRevokeCommand(terminal: Terminal): Command {
  const command = new Command('revoke')
    .description('Revoke a certificate for good; OCSP says so at once, and a CRL is published.')
    .argument('<serial>', 'serial number, hex', parseSerial)
    .addOption(new Option('--reason <reason>', 'why').choices(REASONS).default('unspecified'));
  return addAccessOptions(command, terminal).action(
    async (serial: string, raw: AccessOptions & { readonly reason: string }) => {
      await change(serial, 'revoke', raw, terminal, { reason: raw.reason });
    },
  );
}

export function createHoldCommand(terminal: Terminal): Command {
  const command = new Command('hold')
    .description('Put a certificate on hold: revoked until it is released.')
    .argument('<serial>', 'serial number, hex', parseSerial);
  return addAccessOptions(command, terminal).action(async (serial: string, raw: AccessOptions) => {
    await change(serial, 'hold', raw, terminal);
  });
}

export function createReleaseCommand(terminal: Terminal): Command {
  const command = new Command('release')
    .description('End the hold on a certificate: it is good again.')
    .argument('<serial>', 'serial number, hex', parseSerial);
  return addAccessOptions(command, terminal).action(async (serial: string, raw: AccessOptions) => {
    await change(serial, 'release', raw, terminal);
  });
}

async function change(
  serial: string,
  action: 'revoke' | 'hold' | 'release',
  options: AccessOptions,
  terminal: Terminal,
  body?: object,
): Promise<void> {
  const client = createManagementClient(openAccess(options, terminal), terminal);
  const answer = await client.post(`certificates/${encodeURIComponent(serial)}/${action}`, body);
  const { certificate, changed } = readAnswer(CertificateChange, answer);
  if (options.json) printJson(terminal, answer);
  else terminal.out(`${changed ? '' : 'Nothing to change: '}${sentence(certificate)}\n`);
}

function sentence({ serialNumber, state, revocation }: Certificate): string {
  if (!revocation) return `${serialNumber} is ${state} and not revoked.`;
  const { at, reason, by } = revocation;
  return `${serialNumber} is ${state} since ${at} (${reason}), by ${by}.`;
}
