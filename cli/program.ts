/** @module `skep`: the commands, and the one place where their failures become words and exit codes. */
import { Command, CommanderError } from 'commander';
import { VERSION } from '../lib/app/version.js';
import { createAuditCommand } from './commands/audit.js';
import { createCaCommand } from './commands/ca.js';
import { createDoctorCommand } from './commands/doctor.js';
import { createEnrollCommand } from './commands/enroll.js';
import { createExplainCommand } from './commands/explain.js';
import { createInspectCommand } from './commands/inspect.js';
import { createJournalCommand } from './commands/journal.js';
import { createProfilesCommand } from './commands/profiles.js';
import { createHoldCommand, createReleaseCommand, createRevokeCommand } from './commands/revoke.js';
import { createSearchCommand } from './commands/search.js';
import { createSetupCommand } from './commands/setup.js';
import { createShowCommand } from './commands/show.js';
import { createStatusCommand } from './commands/status.js';
import { explainClientError } from './client-advice.js';
import {
  CommandEnd,
  EXIT,
  type CliError,
  printJson,
  usageError,
  type ExitCode,
  type Terminal,
} from './terminal.js';

/** Each makes one command. */
const COMMANDS: readonly ((terminal: Terminal) => Command)[] = [
  createSetupCommand,
  createAuditCommand,
  createCaCommand,
  createProfilesCommand,
  createDoctorCommand,
  createExplainCommand,
  createEnrollCommand,
  createInspectCommand,
  createSearchCommand,
  createShowCommand,
  createJournalCommand,
  createRevokeCommand,
  createHoldCommand,
  createReleaseCommand,
  createStatusCommand,
];

/**
 * Runs `skep` with the arguments after the program's name.
 * @returns a value of {@link EXIT}.
 */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const program = new Command('skep')
    .description('A serverless certificate authority for Microsoft Intune: its tools.')
    .version(VERSION, '--version', 'print the version')
    // An option belongs to the command that it stands behind: some have the same names as their subcommands'.
    .enablePositionalOptions()
    .showHelpAfterError('(skep <command> --help shows what a command takes)');
  for (const create of COMMANDS) program.addCommand(create(terminal));
  const asJson = args.includes('--json');
  const writeErr = asJson ? () => undefined : terminal.err.bind(terminal);
  for (const command of withSubcommands(program)) {
    command.exitOverride().configureOutput({ writeOut: terminal.out.bind(terminal), writeErr });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (thrown) {
    if (thrown instanceof CommandEnd) return thrown.exitCode;
    if (!(thrown instanceof CommanderError))
      return reportFailure(explainClientError(thrown), asJson, terminal);
    if (thrown.exitCode === 0) return EXIT.done;
    // Without --json it is said already, in Commander's way.
    return asJson ? reportFailure(explainUsage(thrown), asJson, terminal) : EXIT.usage;
  }
}

const withSubcommands = (command: Command): Command[] => [
  command,
  ...command.commands.flatMap((below) => withSubcommands(below)),
];

const explainUsage = ({ message }: CommanderError): CliError =>
  usageError(message.replace(/^error: /, ''), 'skep <command> --help shows what a command takes.');

function reportFailure(failure: CliError, asJson: boolean, terminal: Terminal): ExitCode {
  const { code, message, next, exitCode, result } = failure;
  const { red, yellow, bold } = terminal.colors;
  const waits = exitCode === EXIT.incomplete;
  const status = waits ? 'incomplete' : 'error';
  if (asJson) printJson(terminal, { ...result, status, code, message, next });
  else
    terminal.err(
      `${waits ? yellow('Not finished:') : red('Failed:')} ${message}\n${bold('Next:')} ${next}\n`,
    );
  return exitCode;
}
