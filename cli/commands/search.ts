/** @module `skep search`: finds certificates. */
import { Command, Option } from 'commander';
import { CERTIFICATE_STATES } from '../../lib/store/states.js';
import { printable } from '../inspect/finding.js';
import { addAccessOptions, openAccess, type AccessOptions } from '../management/access.js';
import { CertificatePage, readAnswer } from '../management/answers.js';
import { createManagementClient } from '../management/client.js';
import {
  assertOneCriterion,
  parsePageSize,
  parseSerial,
  parseThumbprint,
  parseTime,
} from '../management/options.js';
import { printJson, type Terminal } from '../terminal.js';

interface RawSearchOptions extends AccessOptions {
  readonly serial?: string;
  readonly thumbprint?: string;
  readonly subject?: string;
  readonly device?: string;
  readonly user?: string;
  readonly transaction?: string;
  readonly state?: string;
  readonly expiresAfter?: string;
  readonly expiresBefore?: string;
  readonly limit?: number;
  readonly continuation?: string;
}

export function createSearchCommand(terminal: Terminal): Command {
  const command = new Command('search')
    .description(
      'Find certificates by one of their names, by state, or by when they end;\n' +
        'without a criterion, those that have not ended yet, soonest first.',
    )
    .option('--serial <hex>', 'serial number', parseSerial)
    .option('--thumbprint <hex>', 'SHA-1 thumbprint', parseThumbprint)
    .option('--subject <text>', 'how the subject begins, e.g. CN=device')
    .option('--device <id>', 'Intune or Entra device id')
    .option('--user <name>', 'user principal name')
    .option('--transaction <id>', 'SCEP transaction id')
    .addOption(new Option('--state <state>', 'state').choices(CERTIFICATE_STATES))
    .option('--expires-after <date>', 'e.g. 2026-03-01', parseTime)
    .option('--expires-before <date>', 'e.g. 2026-04-01', parseTime)
    .option('--limit <count>', 'certificates of one page', parsePageSize)
    .option('--continuation <text>', 'the next page, as the page before names it');
  return addAccessOptions(command, terminal).action(async (raw: RawSearchOptions) => {
    assertOneCriterion({
      '--serial': raw.serial !== undefined,
      '--thumbprint': raw.thumbprint !== undefined,
      '--subject': raw.subject !== undefined,
      '--device': raw.device !== undefined,
      '--user': raw.user !== undefined,
      '--transaction': raw.transaction !== undefined,
      '--state': raw.state !== undefined,
      '--expires-after or --expires-before': (raw.expiresAfter ?? raw.expiresBefore) !== undefined,
    });
    const client = createManagementClient(openAccess(raw, terminal), terminal);
    const criteria = {
      serialNumber: raw.serial,
      thumbprint: raw.thumbprint,
      subject: raw.subject,
      deviceId: raw.device,
      user: raw.user,
      transactionId: raw.transaction,
      state: raw.state,
      expiresAfter: raw.expiresAfter,
      expiresBefore: raw.expiresBefore,
    };
    const isNarrowed = Object.values(criteria).some((criterion) => criterion !== undefined);
    const answer = await client.post('certificates/search', {
      ...(isNarrowed ? criteria : { expiresAfter: today() }),
      limit: raw.limit,
      continuation: raw.continuation,
    });
    const { certificates, continuation } = readAnswer(CertificatePage, answer);
    if (raw.json) {
      printJson(terminal, answer);
      return;
    }
    if (certificates.length === 0) terminal.out('No certificate matches.\n');
    for (const { serialNumber, state, notAfter, subject } of certificates) {
      terminal.out(`${serialNumber}  ${state.padEnd(9)}  ${notAfter.slice(0, 10)}  ${printable(subject)}\n`);
    }
    if (continuation !== undefined) terminal.out(`There are more: --continuation ${continuation}\n`);
  });
}

const today = (): string => new Date().toISOString().slice(0, 10);
