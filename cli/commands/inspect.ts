/** @module `skep inspect`: says what a file is, for people. */
import { Command } from 'commander';
import { parseKey, readFile } from '../files.js';
import { toJson, toText } from '../inspect/finding.js';
import { inspect } from '../inspect/inspect.js';
import { printJson, type Terminal } from '../terminal.js';

interface RawInspectOptions {
  readonly key?: string;
  readonly showChallenge?: boolean;
  readonly json?: boolean;
}

export function createInspectCommand(terminal: Terminal): Command {
  return new Command('inspect')
    .description(
      'Decode a pkiMessage, request, certificate, CRL, GetCACert answer, OCSP message or challenge.\n' +
        'PEM, DER and base64 are told apart by themselves.',
    )
    .argument('<file>', 'the file to look at')
    .option('--key <file>', 'a private key that opens the envelope')
    .option('--show-challenge', 'print the challenge itself; it is a secret for an hour')
    .option('--json', 'print JSON')
    .action((file: string, raw: RawInspectOptions) => {
      const options = {
        showChallenge: raw.showChallenge ?? false,
        ...(raw.key === undefined ? {} : { key: parseKey(raw.key, '--key') }),
      };
      const found = inspect(readFile(file, '<file>'), options);
      if (raw.json) printJson(terminal, found.map(toJson));
      else terminal.out(found.map((one) => toText(one, terminal.colors)).join('\n'));
    });
}
