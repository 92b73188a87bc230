/** @module `skep audit verify`: follows the issuance log from its beginning, or from a head that was kept, to the head. */
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { assertHead, hashLine, walkChain, type ChainWalk } from '../../lib/ledger/chain.js';
import { EMPTY_HEAD, type LedgerHead } from '../../lib/ledger/ledger.js';
import { SkepError } from '../../lib/base/errors.js';
import { createReport } from '../ca/report.js';
import { addAccessOptions, openAccess, type AccessOptions } from '../management/access.js';
import { createManagementClient } from '../management/client.js';
import { usageError, type Terminal } from '../terminal.js';
import { downloadLines, fetchHead, readHead, readLines, type PublishedHead } from './log-source.js';

interface RawVerifyOptions extends AccessOptions {
  readonly log?: string;
  readonly head?: string;
  readonly since?: string;
  readonly saveLog?: string;
  readonly saveHead?: string;
}

export function createVerifyCommand(terminal: Terminal): Command {
  const command = new Command('verify')
    .description(
      'Recompute the issuance log up to its published head, and name the first entry that does not fit.\n' +
        'Exit codes: 0 it is whole, 1 it is not, or could not be checked, 2 wrong usage.',
    )
    .option('--log <file>', 'check a saved log instead of the app’s')
    .option('--head <file>', 'compare with a saved head instead of the one that the app publishes')
    .option('--since <file>', 'prove that the log still begins as it did when this head was saved')
    .option('--save-log <file>', 'keep the lines, for checks without the app')
    .option('--save-head <file>', 'keep the head, for --since');
  return addAccessOptions(command, terminal).action(async (raw: RawVerifyOptions) => {
    const report = createReport(terminal, raw.json ?? false);
    const since = raw.since === undefined ? undefined : readHead(raw.since, '--since');
    if (since && raw.saveLog !== undefined)
      throw usageError('--save-log and --since do not go together.', 'A saved log is whole.');
    if (raw.log !== undefined && raw.head === undefined && raw.url === undefined)
      throw usageError('--log needs a head to compare with.', 'Give --head, or --url for the published one.');

    const head = await findHead(raw, terminal);
    assertNotShorter(head, since);
    // The last line that `since` tells of is read again: its hash is what was kept.
    const from = Math.max(1, since?.count ?? 1);
    const chain = await follow(selectLines(raw, head, from, terminal), since, (checked) => {
      report.step(`Checked ${checked} of ${head.count} entries.`);
    });
    assertHead(chain.head, head);
    if (raw.saveHead !== undefined) writeFileSync(raw.saveHead, `${JSON.stringify(head)}\n`);
    if (raw.saveLog !== undefined) writeFileSync(raw.saveLog, chain.kept.map((line) => `${line}\n`).join(''));
    report.finish(
      { status: 'ok', count: head.count, hash: head.hash, ...(since ? { since: since.count } : {}) },
      [
        `The issuance log is whole: ${head.count} entries, the last has the hash ${head.hash}.`,
        ...(since ? [`It begins with the ${since.count} entries of the head that was kept.`] : []),
      ],
    );
  });
}

async function findHead(raw: RawVerifyOptions, terminal: Terminal): Promise<PublishedHead> {
  if (raw.head !== undefined) return readHead(raw.head, '--head');
  // The head is public: no token is asked for.
  return fetchHead(
    raw.url === undefined ? openAccess(raw, terminal) : { url: raw.url.replace(/\/+$/, '') },
    terminal,
  );
}

async function* selectLines(
  raw: RawVerifyOptions,
  head: LedgerHead,
  from: number,
  terminal: Terminal,
): AsyncGenerator<readonly string[]> {
  if (raw.log !== undefined) yield readLines(raw.log, '--log').slice(from - 1);
  else yield* downloadLines(createManagementClient(openAccess(raw, terminal), terminal), from, head.count);
}

/** @throws {SkepError} `ERR_LEDGER_BROKEN` */
async function follow(
  pages: AsyncIterable<readonly string[]>,
  since: LedgerHead | undefined,
  tell: (checked: number) => void,
): Promise<{ readonly head: LedgerHead; readonly kept: readonly string[] }> {
  let chain: ChainWalk | undefined = since && since.count > 0 ? undefined : walkChain();
  const kept: string[] = [];
  for await (const page of pages) {
    for (const line of page) {
      kept.push(line);
      if (chain) chain.next(line);
      else chain = continueFrom(line, since ?? EMPTY_HEAD);
    }
    tell(chain?.head.count ?? 0);
  }
  return { head: chain?.head ?? EMPTY_HEAD, kept };
}

/** @throws {SkepError} `ERR_LEDGER_BROKEN` */
function continueFrom(line: string, since: LedgerHead): ChainWalk {
  if (hashLine(line) === since.hash) return walkChain(since);
  const detail = `entry ${since.count} is not the one that it was when the head was kept`;
  throw new SkepError('ERR_LEDGER_BROKEN', { detail });
}

function assertNotShorter(head: LedgerHead, since: LedgerHead | undefined): void {
  if (!since || head.count >= since.count) return;
  const detail = `there are ${head.count} entries, and there were ${since.count} when the head was kept`;
  throw new SkepError('ERR_LEDGER_BROKEN', { detail });
}
