/** @module `skep profiles apply`: creates the profiles in Intune, in the name of whoever signs in. */
import { Command } from 'commander';
import { systemClock } from '../../lib/base/clock.js';
import { createReport, type Report } from '../ca/report.js';
import { mayProceed } from '../confirm.js';
import { addGraphOptions, openGraph, type RawGraphOptions } from '../graph/access.js';
import { isForbidden } from '../graph/refusal.js';
import { hasLocalCloud } from '../ready-file.js';
import { CliError, EXIT, Unfinished, usageError, type Terminal } from '../terminal.js';
import { assertScepAnswers, readCas } from './app.js';
import { carryOut } from './carry-out.js';
import { createDrafts } from './drafts.js';
import { findGroups } from './groups.js';
import { addProfileOptions, isLoopback, parseProfileOptions, type RawProfileOptions } from './options.js';
import { createPlan, listUnreached, type Plan, type PlannedProfile } from './plan.js';
import { planLines, planResult } from './plan-text.js';
import { tellCas, type ToldCas } from './tell-cas.js';

interface RawApplyOptions extends RawProfileOptions, RawGraphOptions {
  readonly assign: readonly string[];
  readonly update?: boolean;
  readonly plan?: boolean;
  readonly yes?: boolean;
}

const collect = (value: string, all: readonly string[]): string[] => [...all, value];

export function createApplyCommand(terminal: Terminal): Command {
  const command = new Command('apply').description(
    'Create Intune’s trusted-certificate, SCEP and Wi-Fi profiles; shows a plan first.',
  );
  return addGraphOptions(addProfileOptions(command))
    .option('--assign <group>', 'assign all of them to this group, name or id; may be repeated', collect, [])
    .option('--update', 'change profiles of ours that are not as they should be')
    .option('--plan', 'show what would be done, and stop')
    .option('--yes', 'do not ask')
    .action((url: string, raw: RawApplyOptions) => apply(url, raw, terminal).catch(adviseForbidden));
}

async function apply(url: string, raw: RawApplyOptions, terminal: Terminal): Promise<void> {
  const choice = parseProfileOptions(url, raw);
  if (raw.assign.length > 0 && choice.kinds.length > 1) {
    throw usageError(
      '--assign needs one --kind: a group holds devices or users, never both.',
      'Run it with --kind device for groups of devices, and again with --kind user for groups of users.',
    );
  }
  const report = createReport(terminal, raw.json ?? false);
  report.step(`Asking ${choice.appUrl} for its CA certificates.`);
  const cas = await readCas(choice.appUrl, terminal, systemClock.now());
  await assertScepAnswers(choice.scepUrl, terminal);
  const facts = tellCas(cas, report);

  const graph = openGraph(
    raw,
    {
      local: isLoopback(new URL(choice.appUrl)) && hasLocalCloud(terminal),
      permissions: [
        'DeviceManagementConfiguration.ReadWrite.All',
        ...(raw.assign.length > 0 ? ['Group.Read.All'] : []),
      ],
      version: 'beta',
      note: (text) => {
        report.step(text);
      },
    },
    terminal,
  );
  report.step('Reading the profiles that Intune has.');
  const groups = await findGroups(graph, raw.assign);
  const drafts = createDrafts({ ...choice, ...cas });
  const plan = await createPlan(graph, drafts, {
    appUrl: choice.appUrl,
    groups,
    onProgress: ({ displayName }) => {
      report.step(`Looking at ${displayName}.`);
    },
  });

  const update = raw.update ?? false;
  const tasks = plan.profiles.filter((planned) => isTask(planned, update));
  const lines = planLines(plan, update, terminal.colors);
  const known = new Map(
    plan.profiles.flatMap(({ draft, id }) => (id === undefined ? [] : [[draft.key, id]])),
  );
  for (const { draft, excludedGroups } of plan.profiles) {
    for (const { name } of excludedGroups) report.warn(`${draft.displayName} excludes ${name}; it stays so.`);
  }
  for (const [from, to] of listUnreached(plan))
    report.warn(`${from} is assigned, and ${to} is not: devices need both. Assign that one, too.`);
  if (raw.plan) {
    const result = planResult(plan, update, known);
    report.finish({ status: 'planned', ...facts, ...result }, lines, 'run it without --plan.');
    return;
  }
  if (tasks.length === 0) {
    finish(report, 'unchanged', { facts, plan, update, ids: known, lines });
    return;
  }
  report.list(lines);
  if (!(await mayProceed(terminal, 'Do this in Intune?', raw.yes ?? false))) {
    report.finish({ status: 'declined' }, ['Nothing was changed.']);
    return;
  }
  const ids = await carryOut(graph, tasks, known, report);
  finish(report, 'applied', { facts, plan, update, ids, lines: [`Done: ${tasks.length} profiles.`] });
}

/** Whether there is anything to do about it now. What differs is left alone, and unassigned, until --update says so. */
const isTask = ({ id, differences, newGroups }: PlannedProfile, update: boolean): boolean =>
  id === undefined || (differences.length === 0 ? newGroups.length > 0 : update);

interface Ending {
  readonly facts: ToldCas;
  readonly plan: Plan;
  readonly update: boolean;
  readonly ids: ReadonlyMap<string, string>;
  readonly lines: readonly string[];
}

/** @throws {CliError} `ERR_PROFILES_DIFFER`, exit code 3, when some are left as they are. */
function finish(report: Report, status: string, { facts, plan, update, ids, lines }: Ending): void {
  const result = { ...facts, ...planResult(plan, update, ids) };
  const left = update ? [] : plan.profiles.filter(({ differences }) => differences.length > 0);
  if (left.length > 0) {
    report.list(lines);
    throw new Unfinished(
      'ERR_PROFILES_DIFFER',
      `${left.length} profiles are not as they should be, and were left alone.`,
      'Look at the differences (--plan); then add --update to change them. Devices may enroll again.',
      result,
    );
  }
  report.finish({ status, ...result }, lines, facts.nextCa ? NEXT_BEFORE_CUT_OVER : NEXT);
}

const NEXT =
  'assign the profiles to groups (--assign, or in Intune), trusted certificates and SCEP to the same ones; then look at the app’s journal.';

const NEXT_BEFORE_CUT_OVER =
  'see that all devices get the certificates of the next CA; on the day on which it takes over, run this with --update, so that the SCEP profiles refer to it (docs/ca.md).';

function adviseForbidden(thrown: unknown): never {
  if (!isForbidden(thrown) || !(thrown instanceof CliError)) throw thrown;
  throw new CliError(
    EXIT.failed,
    thrown.code,
    thrown.message,
    'Sign in as an Intune Administrator, or with Intune’s role Policy and Profile Manager; and consent to what is asked for.',
    { cause: thrown },
  );
}
