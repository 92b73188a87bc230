/** @module `skep`: the commands, and the one place where their failures become words and exit codes. */
import { Command, CommanderError } from 'commander';
import { createCaCommand } from './commands/ca.js';
import { createEnrollCommand } from './commands/enroll.js';
import { createInspectCommand } from './commands/inspect.js';
import { createJournalCommand } from './commands/journal.js';
import { createProfilesCommand } from './commands/profiles.js';
import { createHoldCommand, createReleaseCommand, createRevokeCommand } from './commands/revoke.js';
import { createSearchCommand } from './commands/search.js';
import { createSetupCommand } from './commands/setup.js';
import { createShowCommand } from './commands/show.js';
import { explainClientError } from './client-advice.js';
import { EXIT, type CliError, printJson, type ExitCode, type Terminal, Unfinished } from './terminal.js';

/** Each makes one command. */
const COMMANDS: readonly ((terminal: Terminal) => Command)[] = [
  createSetupCommand,
  createCaCommand,
  createProfilesCommand,
  createEnrollCommand,
  createInspectCommand,
  createSearchCommand,
  createShowCommand,
  createJournalCommand,
  createRevokeCommand,
  createHoldCommand,
  createReleaseCommand,
];

/**
 * Runs `skep` with the arguments after the program's name.
 * @returns 0 done, 1 failed, 2 wrong usage, 3 the rest waits for somebody else or for time.
 */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const program = new Command('skep')
    .description('A serverless certificate authority for Microsoft Intune: its tools.')
    .showHelpAfterError('(skep <command> --help shows what a command takes)');
  for (const create of COMMANDS) program.addCommand(create(terminal));
  for (const command of withSubcommands(program)) {
    command
      .exitOverride()
      .configureOutput({ writeOut: terminal.out.bind(terminal), writeErr: terminal.err.bind(terminal) });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.done : EXIT.usage;
    return reportFailure(explainClientError(thrown), args.includes('--json'), terminal);
  }
}

const withSubcommands = (command: Command): Command[] => [
  command,
  ...command.commands.flatMap((below) => withSubcommands(below)),
];

function reportFailure(failure: CliError, asJson: boolean, terminal: Terminal): ExitCode {
  const { code, message, next } = failure;
  const { colors } = terminal;
  const done = failure instanceof Unfinished ? failure.result : undefined;
  const head = done ? colors.yellow('Not finished:') : colors.red('Failed:');
  if (asJson) printJson(terminal, { ...done, status: done ? 'incomplete' : 'error', code, message, next });
  else terminal.err(`${head} ${message}\n${colors.bold('Next:')} ${next}\n`);
  return failure.exitCode;
}
