/** @module `skep status`: the state of an app in detail, and what failed lately. */
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { ERRORS, type ErrorCode } from '../../lib/base/error-codes.js';
import { finding, toText, type Finding } from '../inspect/finding.js';
import { addAccessOptions, openAccess, type AccessOptions } from '../management/access.js';
import { Failures, Health, readAnswer } from '../management/answers.js';
import { createManagementClient } from '../management/client.js';
import { CliError, EXIT, printJson, usageError, type Terminal } from '../terminal.js';

interface RawStatusOptions extends AccessOptions {
  readonly html?: string;
}

export function createStatusCommand(terminal: Terminal): Command {
  const command = new Command('status')
    .description('Show whether an app can issue, part by part, and what failed in the last 24 hours.')
    .option('--html <file>', 'also write the app’s status page, as a signed-in caller sees it');
  return addAccessOptions(command, terminal).action(async (raw: RawStatusOptions) => {
    const client = createManagementClient(openAccess(raw, terminal), terminal);
    const [health, failures] = await Promise.all([client.get('health'), client.get('failures')]);
    if (raw.html !== undefined) save(raw.html, await client.page());
    const { ok, version, parts } = readAnswer(Health, health);
    const recent = readAnswer(Failures, failures);
    if (raw.json) printJson(terminal, { ok, version, parts, failures: recent });
    else
      terminal.out([describeHealth({ ok, version, parts }), describeFailures(recent)].map(show).join('\n'));
    if (!ok) throw new CliError(EXIT.failed, 'ERR_UNHEALTHY', ...adviceOn(parts));
  });

  function show(found: Finding): string {
    return toText(found, terminal.colors);
  }
}

function describeHealth({ ok, version, parts }: Health): Finding {
  return finding(
    'health',
    `${ok ? 'The app can issue certificates' : 'The app needs attention'} (version ${version})`,
    parts.map(({ name, ok: good, text, remedy, detail }) => [
      name,
      [`${good ? 'good' : 'NOT GOOD'}: ${text}`, ...(remedy === undefined ? [] : [remedy]), ...detail],
    ]),
  );
}

function describeFailures({ since, causes, succeeded, complete }: Failures): Finding {
  const more = complete ? '' : '; there were more than are counted here';
  return finding(
    'failures',
    `Requests since ${since}: ${succeeded} went well${causes.length === 0 ? ', none failed' : ''}${more}`,
    causes.map(({ code, count, lastAt }) => [
      code,
      [
        `${count}, the last at ${lastAt}`,
        ...(Object.hasOwn(ERRORS, code) ? adviceOf(code as ErrorCode) : []),
      ],
    ]),
  );
}

const adviceOf = (code: ErrorCode): string[] => [ERRORS[code].means, ERRORS[code].remedy];

/** The first part that is not good is the one to mend first: the others often follow from it. */
function adviceOn(parts: Health['parts']): [message: string, next: string] {
  const bad = parts.filter(({ ok }) => !ok);
  const names = bad.map(({ name }) => name).join(', ');
  return [`Not good: ${names}.`, bad[0]?.remedy ?? 'Run `skep doctor` with the app’s URL.'];
}

function save(file: string, page: string): void {
  try {
    writeFileSync(file, page);
  } catch (cause) {
    const { code = 'unwritable' } = cause as NodeJS.ErrnoException;
    throw usageError(`--html: cannot write ${file} (${code}).`, 'Check the path.');
  }
}
