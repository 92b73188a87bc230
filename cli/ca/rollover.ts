/** @module `skep ca rollover`: the next root beside the current one, and the day on which it takes over. */
import { Command } from 'commander';
import { DAY_MS } from '../../lib/base/clock.js';
import type { CaCertificateSet, CaRecord, StoredCaCertificates } from '../../lib/keys/ca-certificates.js';
import { announceCa, createRoot, settleCas } from '../../lib/keys/ca-life.js';
import { parseCertificate } from '../../lib/pki/certificate.js';
import { formatName } from '../../lib/pki/name.js';
import { CliError, EXIT, usageError, type Terminal } from '../terminal.js';
import { assertAnnounced, type NextCaWishes } from './contradictions.js';
import { recordFacts, recordLines } from './describe.js';
import { ensureNextKey } from './next-key.js';
import { createReport, type Report } from './report.js';
import { addToolOptions, createTools, type CaTools, type RawToolOptions } from './tools.js';
import { parseCutOver, parseYears } from './values.js';

interface RawRolloverOptions extends RawToolOptions {
  readonly cutOver?: string;
  readonly subject?: string;
  readonly years?: string;
  readonly createKey?: boolean;
  readonly cancel?: boolean;
}

const DEFAULT_DAYS_AHEAD = 30;

export function createRolloverCommand(terminal: Terminal): Command {
  const command = new Command('rollover')
    .description('Make the root that follows the current one, and announce it. Both are trusted.')
    .option('--cut-over <date>', 'day on which it takes over (2027-01-31); default: in 30 days')
    .option('--subject <name>', 'default: the current CA’s')
    .option('--years <n>', 'life of the new root; default: 10')
    .option('--create-key', 'make a new version of the vault key first, unless there is one')
    .option('--cancel', 'take an announcement back; the new version of the key stays');
  return addToolOptions(command, terminal).action((raw: RawRolloverOptions) => {
    // A default, or a setting of the app, is no wish for another key.
    const keyName = command.getOptionValueSource('key') === 'cli' ? raw.key : undefined;
    const years = raw.years === undefined ? undefined : parseYears(raw.years);
    return rollover(raw, { subject: raw.subject, years, keyName }, terminal);
  });
}

async function rollover(raw: RawRolloverOptions, wishes: NextCaWishes, terminal: Terminal): Promise<void> {
  if (raw.cancel) assertCancelsAlone(raw);
  const report = createReport(terminal, raw.json ?? false);
  const tools = createTools(raw, terminal);
  const stored = await loadSet(tools);
  if (raw.cancel) {
    await cancel(stored, tools, report);
    return;
  }
  const now = tools.clock.now();
  const asked = raw.cutOver === undefined ? undefined : parseCutOver(raw.cutOver, now);
  const { set } = stored;
  if (set.next) assertAnnounced(set.next, wishes);
  const cutOver = asked ?? set.next?.cutOver ?? inDays(now, DEFAULT_DAYS_AHEAD);
  const next = set.next ?? (await makeNext(wishes, raw.createKey ?? false, set, tools, report));
  const unchanged = set.next?.cutOver.getTime() === cutOver.getTime();
  const day = cutOver.toISOString();
  if (!unchanged) await tools.cas.save(announceCa(set, next, cutOver, now), stored.version);
  report.finish(
    { status: unchanged ? 'unchanged' : 'announced', cutOver: day, ca: recordFacts(next) },
    [
      unchanged
        ? `The next CA is announced already; it takes over on ${day}. Nothing was made or changed.`
        : `The next CA takes over on ${day}. Until then the current one issues.`,
      ...(set.next && !unchanged ? ['It was announced already: only its day was moved.'] : []),
      ...recordLines(next),
    ],
    'within ten minutes the app shows the new CA certificate (/ca/next.cer, GetNextCACert). Then `skep profiles apply https://<app>` puts it beside the old one in Intune: let all devices get it before that day. On that day, `skep profiles apply https://<app> --update` lets the SCEP profiles refer to it; without that, Windows devices get no certificate (docs/ca.md).',
  );
}

/** Whoever cancels and names what should come instead would wait for it. @throws {CliError} with exit code 2 */
function assertCancelsAlone({ cutOver, subject, years, createKey }: RawRolloverOptions): void {
  if ([cutOver, subject, years, createKey].every((option) => option === undefined)) return;
  throw usageError(
    '--cancel only takes the announcement back; it announces nothing else.',
    'Run `skep ca rollover --cancel`, then the command without --cancel.',
  );
}

/** @throws {CliError} when there is no CA. */
async function loadSet({ cas, clock }: CaTools): Promise<StoredCaCertificates> {
  const stored = await cas.load();
  if (stored) return { set: settleCas(stored.set, clock.now()), version: stored.version };
  throw new CliError(
    EXIT.failed,
    'ERR_AUTHORITY_MISSING',
    'There is no CA that could be followed.',
    'Make the first one: `skep ca init`, or `skep ca csr` and `skep ca install`.',
  );
}

async function makeNext(
  { subject, years }: NextCaWishes,
  createKey: boolean,
  set: CaCertificateSet,
  tools: CaTools,
  report: Report,
): Promise<CaRecord> {
  if (set.current.chain.length > 0) {
    throw new CliError(
      EXIT.failed,
      'ERR_CA_SUBORDINATE',
      'The current CA is below another; so is its successor.',
      'Run `skep ca csr --create-key`, have the request signed, then `skep ca install FILE --cut-over DATE`.',
    );
  }
  report.step(`Opening the newest version of the key ${tools.keyName} in ${tools.vault.url}.`);
  const key = await ensureNextKey(tools, set, { create: createKey, report });
  report.step('Signing the next root with it: one operation of the vault.');
  const { mode, clock, random } = tools;
  const name = subject ?? formatName(parseCertificate(set.current.certificate).subject);
  return createRoot({
    key,
    subject: name,
    ...(years === undefined ? {} : { years }),
    mode,
    clock,
    random,
  });
}

async function cancel(
  { set, version }: StoredCaCertificates,
  { cas }: CaTools,
  report: Report,
): Promise<void> {
  const { next, ...rest } = set;
  if (next) await cas.save(rest, version);
  report.finish({ status: next ? 'cancelled' : 'unchanged' }, [
    next ? 'The next CA is no longer announced.' : 'No next CA was announced; nothing was changed.',
  ]);
}

const inDays = (now: Date, days: number): Date => new Date(now.getTime() + days * DAY_MS);
