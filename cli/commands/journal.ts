/** @module `skep journal`: what happened to requests, step by step. */
import { Command } from 'commander';
import { toText } from '../inspect/finding.js';
import { addAccessOptions, openAccess, type AccessOptions } from '../management/access.js';
import { describeEntry, JournalPage, readAnswer } from '../management/answers.js';
import { createManagementClient } from '../management/client.js';
import { assertOneCriterion, parsePageSize, parseSerial, parseTime } from '../management/options.js';
import { printJson, type Terminal } from '../terminal.js';

interface RawJournalOptions extends AccessOptions {
  readonly transaction?: string;
  readonly serial?: string;
  readonly device?: string;
  readonly from?: string;
  readonly until?: string;
  readonly limit?: number;
  readonly continuation?: string;
}

export function createJournalCommand(terminal: Terminal): Command {
  const command = new Command('journal')
    .description('Show what happened to requests, newest first; without a criterion, the latest of all.')
    .option('--transaction <id>', 'SCEP transaction id')
    .option('--serial <hex>', 'serial number', parseSerial)
    .option('--device <id>', 'Intune or Entra device id')
    .option('--from <time>', 'e.g. 2026-03-01 or 2026-03-01T10:00Z', parseTime)
    .option('--until <time>', 'likewise', parseTime)
    .option('--limit <count>', 'entries of one page', parsePageSize)
    .option('--continuation <text>', 'the next page, as the page before names it');
  return addAccessOptions(command, terminal).action(async (raw: RawJournalOptions) => {
    const { transaction, serial, device, from, until, limit, continuation: place } = raw;
    assertOneCriterion({
      '--transaction': transaction !== undefined,
      '--serial': serial !== undefined,
      '--device': device !== undefined,
      '--from or --until': (from ?? until) !== undefined,
    });
    const client = createManagementClient(openAccess(raw, terminal), terminal);
    const isNarrowed = [transaction, serial, device, until].some((criterion) => criterion !== undefined);
    const answer = await client.post('journal/search', {
      transactionId: transaction,
      serialNumber: serial,
      deviceId: device,
      from: from ?? (isNarrowed ? undefined : EARLIEST),
      until,
      limit,
      continuation: place,
    });
    const { entries, continuation } = readAnswer(JournalPage, answer);
    if (raw.json) {
      printJson(terminal, answer);
      return;
    }
    if (entries.length === 0) terminal.out('The journal has no such entry.\n');
    else terminal.out(entries.map((entry) => toText(describeEntry(entry), terminal.colors)).join('\n'));
    if (continuation !== undefined) terminal.out(`There are more: --continuation ${continuation}\n`);
  });
}

/** The journal itself knows where it begins. */
const EARLIEST = '2000-01-01';
