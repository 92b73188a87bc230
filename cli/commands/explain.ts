/** @module `skep explain`: what a code means, its causes in order, and what to do. */
import { Command } from 'commander';
import { describeUnknown, explain, type Explanation } from '../explain/explain.js';
import { CliError, EXIT, printJson, type Colors, type Terminal } from '../terminal.js';

export function createExplainCommand(terminal: Terminal): Command {
  return new Command('explain')
    .description('Say what a code means: an HRESULT of Windows, one of ours, Intune’s or Entra’s.')
    .argument('<code>', '0x8010002c, -2146435028, ERR_…, ChallengeExpired, AADSTS500011')
    .option('--json', 'print one JSON object and nothing else')
    .addHelpText('after', '\nExit code 1: no table has the code.')
    .action((code: string, { json = false }: { readonly json?: boolean }) => {
      const explanation = explain(code);
      if (!explanation) throw unknownCode(code);
      if (json) printJson(terminal, explanation);
      else terminal.out(toText(explanation, terminal.colors));
    });
}

function unknownCode(code: string): CliError {
  const shown = code.slice(0, 80);
  return new CliError(
    EXIT.failed,
    'ERR_UNKNOWN_CODE',
    `No table here has the code ${shown}. ${describeUnknown(shown.trim())}`,
    'Run `skep doctor` with the profile’s URL; for a Windows code, certutil -error CODE on a Windows machine names it.',
  );
}

function toText(explanation: Explanation, colors: Colors): string {
  const { code, name, means, causes, remedy, also } = explanation;
  const title = `${colors.bold(code)}${name === undefined ? '' : ` ${name}`}`;
  const rows = causes.map(({ cause, remedy, check }, index) => {
    const found = check === undefined ? '' : colors.dim(` [skep doctor: ${check}]`);
    return `${index + 1}. ${cause}${found}\n   ${colors.bold('Do:')} ${remedy}\n`;
  });
  const advice = remedy === undefined ? '' : `${colors.bold('Do:')} ${remedy}\n`;
  const head = causes.length > 1 ? 'Causes, likeliest first:\n' : '';
  return `${title}\n${means}\n\n${head}${rows.join('')}${advice}${also.map((line) => `${colors.dim(`Also: ${line}`)}\n`).join('')}`;
}
