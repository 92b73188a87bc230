/** @module `skep audit`: whether everything that the CA key signed is accounted for, and nothing else is. */
import { Command, InvalidArgumentError } from 'commander';
import { DAY_MS, MINUTE_MS, systemClock } from '../../lib/base/clock.js';
import { collectEntries, collectOthers, collectRows } from '../audit/collect.js';
import { hashSignedParts } from '../audit/known.js';
import { fetchHead, fetchPublic } from '../audit/log-source.js';
import type { AuditResult, Uncompared } from '../audit/model.js';
import { reconcile } from '../audit/reconcile.js';
import { readIntune, readSignatures } from '../audit/sources.js';
import { createVerifyCommand } from '../audit/verify.js';
import { createReport } from '../ca/report.js';
import { readFile } from '../files.js';
import { addAccessOptions, openAccess, type AccessOptions } from '../management/access.js';
import { createManagementClient } from '../management/client.js';
import { CliError, EXIT, usageError, type Terminal } from '../terminal.js';

interface RawAuditOptions extends AccessOptions {
  readonly from?: Date;
  readonly until?: Date;
  readonly settle: number;
  readonly vaultLog?: string;
  readonly workspace?: string;
  readonly key: string;
  readonly intune?: string;
  readonly endpoints: readonly string[];
  readonly explain: readonly string[];
}

const DEFAULT_DAYS = 7;
const SLACK_MS = 2 * MINUTE_MS;

export function createAuditCommand(terminal: Terminal): Command {
  const command = new Command('audit')
    .description(
      'Compare what the vault signed, the issuance log, the rows of certificates and Intune’s list, and report\n' +
        'what nothing explains. Exit codes: 0 all is explained, 1 something is not or was not reached, 2 wrong usage.',
    )
    // `skep audit verify` has options of the same names.
    .enablePositionalOptions()
    .option('--from <time>', 'e.g. 2026-03-01 or 2026-03-01T10:00Z; default: seven days ago', parseTime)
    .option('--until <time>', 'likewise; default: now', parseTime)
    .option('--settle <minutes>', 'age below which nothing is judged: logs arrive late', parseMinutes, 15)
    .option('--vault-log <file>', 'the vault’s audit log, as JSON')
    .option('--workspace <id>', 'or the Log Analytics workspace that has it')
    .option('--key <name>', 'CA key in the vault; or SKEP_CA_KEY', terminal.env['SKEP_CA_KEY'] || 'skep-ca')
    .option('--intune <file>', 'Intune’s list of certificates, as CSV or JSON')
    .option('--endpoints <names...>', 'endpoints whose certificates Intune counts', ['intune'])
    .option('--explain <files...>', 'what people signed with the key: CA certificates, requests', [])
    .addCommand(createVerifyCommand(terminal));
  return addAccessOptions(command, terminal).action(async (raw: RawAuditOptions) => {
    const result = await audit(raw, terminal);
    finish(result, raw, terminal);
  });
}

type Outcome = AuditResult & { readonly uncompared: readonly Uncompared[] };

const UNCOMPARED = {
  vault: 'The vault was not compared: give --vault-log or --workspace.',
  intune: 'Intune was not compared: give --intune.',
} as const satisfies Record<Uncompared, string>;

async function audit(raw: RawAuditOptions, terminal: Terminal): Promise<Outcome> {
  const report = createReport(terminal, raw.json ?? false);
  const now = systemClock.now();
  const until = raw.until ?? now;
  const from = raw.from ?? new Date(until.getTime() - DEFAULT_DAYS * DAY_MS);
  if (from >= until) throw usageError('--from is not before --until.', 'Give the earlier time first.');
  const known = raw.explain.flatMap((file) => hashSignedParts(readFile(file, '--explain'), file));
  const sources = { ...raw, from, until };

  const access = openAccess(raw, terminal);
  const client = createManagementClient(access, terminal);
  // Made once and by people, so no log tells of it; but everybody can see it.
  const ca = hashSignedParts(await fetchPublic(access, 'ca/ca.pem', terminal), 'The CA certificate');
  const signatures = await readSignatures(sources, terminal);
  const intune = await readIntune(sources, terminal);
  const rows = await collectRows(client, from, (count) => {
    report.step(`Read ${count} rows of certificates.`);
  });
  const others = intune ? await collectOthers(client, rows, intune) : [];
  // Last, so that it tells of what was read before.
  const head = await fetchHead(access, terminal);
  const entries = await collectEntries(client, head, new Date(from.getTime() - SLACK_MS));
  report.step(`Read and checked ${entries.length} entries of the issuance log, up to entry ${head.count}.`);
  const compared = reconcile({
    from,
    until,
    settleMs: raw.settle * MINUTE_MS,
    slackMs: SLACK_MS,
    entries,
    rows: [...rows, ...others],
    signatures,
    known: [...known, ...ca],
    intune,
    intuneEndpoints: new Set(raw.endpoints),
  });
  const uncompared: Uncompared[] = [
    ...(signatures ? [] : (['vault'] as const)),
    ...(intune ? [] : (['intune'] as const)),
  ];
  return {
    ...compared,
    uncompared,
    notes: [...compared.notes, ...uncompared.map((name) => UNCOMPARED[name])],
  };
}

function finish(outcome: Outcome, raw: RawAuditOptions, terminal: Terminal): void {
  const { counts, unexplained, uncompared, notes } = outcome;
  const report = createReport(terminal, raw.json ?? false);
  const width = Math.max(...Object.keys(counts).map((name) => name.length));
  const table = Object.entries(counts).map(
    ([name, count]) => `${name.padEnd(width)}  ${String(count).padStart(8)}`,
  );
  if (unexplained.length === 0) {
    report.finish({ status: 'ok', counts, unexplained, uncompared, notes }, [
      ...table,
      ...notes,
      uncompared.length === 0 ? 'Everything is explained.' : 'Everything that was compared is explained.',
    ]);
    return;
  }
  if (raw.json !== true) {
    for (const line of [...table, ...notes]) terminal.out(`${line}\n`);
    for (const { kind, text } of unexplained) terminal.out(`${terminal.colors.red(kind)}  ${text}\n`);
  }
  throw new CliError(
    EXIT.failed,
    'ERR_AUDIT',
    unexplained.length === 1 ? 'One thing is unexplained.' : `${unexplained.length} things are unexplained.`,
    'docs/audit.md says what each means and what to do first.',
    { result: { counts, unexplained, uncompared, notes } },
  );
}

function parseTime(text: string): Date {
  const time = new Date(text);
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('It must be a date or a UTC time.');
  return time;
}

function parseMinutes(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('It must be a number of minutes.');
  return Number(text);
}
