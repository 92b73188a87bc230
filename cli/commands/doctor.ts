/** @module `skep doctor`: asks a server all that devices ask, and says whether it is green or what to do next. */
import { Command } from 'commander';
import { systemClock } from '../../lib/base/clock.js';
import { systemRandom } from '../../lib/base/random.js';
import { CHECKS } from '../doctor/checks.js';
import { examine, type Verdict } from '../doctor/examine.js';
import { createPatient } from '../doctor/patient.js';
import { toJson, toText } from '../doctor/report.js';
import { createSystemWire } from '../doctor/system-wire.js';
import { parseTarget } from '../doctor/target.js';
import { readFile } from '../files.js';
import { defaultAudience, defaultUrl, openAccess } from '../management/access.js';
import { createManagementClient, type ManagementClient } from '../management/client.js';
import { intuneEndpoint } from '../ready-file.js';
import { CommandEnd, EXIT, printJson, usageError, type ExitCode, type Terminal } from '../terminal.js';

interface RawDoctorOptions {
  readonly staticChallenge?: string;
  readonly staticChallengeFile?: string;
  readonly thumbprint?: string;
  readonly publicUrl?: string;
  readonly audience?: string;
  readonly ca?: string;
  readonly verbose?: boolean;
  readonly json?: boolean;
}

const EXIT_OF = {
  green: EXIT.done,
  broken: EXIT.broken,
  attention: EXIT.attention,
} as const satisfies Record<Verdict, ExitCode>;

export function createDoctorCommand(terminal: Terminal): Command {
  return new Command('doctor')
    .description('Ask a server all that Windows, Apple and Android ask, and say what to do next.')
    .argument('[url]', 'SCEP URL of the profile, or the app’s address; or SKEP_URL; default: the local cloud')
    .option(
      '--static-challenge <text>',
      'enroll for real, once per platform; better: the file, or SKEP_STATIC_CHALLENGE',
    )
    .option('--static-challenge-file <file>', 'a file that holds the challenge')
    .option('--thumbprint <hex>', 'SHA-1 of the CA certificate in the trusted-certificate profile')
    .option(
      '--public-url <url>',
      'where OCSP and CRL are, as in SKEP_PUBLIC_URL; default: the same host by http',
    )
    .option(
      '--audience <id>',
      'sign in, to see roles and rights and to tidy up; or SKEP_API_AUDIENCE, as the app has it',
    )
    .option('--ca <file>', 'PEM: a certificate to trust for TLS beside the public authorities')
    .option('--verbose', 'also how each thing was asked')
    .option('--json', 'print one JSON object and nothing else')
    .addHelpText(
      'after',
      '\nExit codes: 0 green, 3 broken, 4 needs attention; 1 could not look, 2 wrong usage.',
    )
    .action(async (url: string | undefined, raw: RawDoctorOptions) => {
      await diagnose(url ?? defaultUrl(terminal), raw, terminal);
    });
}

async function diagnose(url: string | undefined, raw: RawDoctorOptions, terminal: Terminal): Promise<void> {
  const target = parseTarget(url ?? intuneEndpoint(terminal), raw.publicUrl);
  const challenge = readChallenge(raw, terminal);
  const management = openManagement(url === undefined, target.appUrl, raw, terminal);
  const trusted = raw.ca === undefined ? undefined : readFile(raw.ca, '--ca').toString('utf8');
  const patient = createPatient({
    target,
    wire: createSystemWire({ clock: systemClock, ...(trusted === undefined ? {} : { trusted }) }),
    clock: systemClock,
    random: systemRandom,
    ...(challenge === undefined ? {} : { challenge }),
    ...(raw.thumbprint === undefined ? {} : { thumbprint: parseThumbprint(raw.thumbprint) }),
    ...(management ? { management } : {}),
  });
  const examination = await examine(patient, CHECKS, (question) => {
    if (!raw.json) terminal.progress?.(question);
  });
  terminal.progress?.();
  if (raw.json) printJson(terminal, toJson(examination, target));
  else terminal.out(toText(examination, target, { colors: terminal.colors, verbose: raw.verbose ?? false }));
  throw new CommandEnd(EXIT_OF[examination.verdict]);
}

function readChallenge(raw: RawDoctorOptions, { env }: Terminal): string | undefined {
  const { staticChallenge, staticChallengeFile: file } = raw;
  if (staticChallenge !== undefined && file !== undefined)
    throw usageError('The challenge is given twice.', 'Give --static-challenge or --static-challenge-file.');
  const challenge =
    file === undefined
      ? (staticChallenge ?? env['SKEP_STATIC_CHALLENGE'])
      : readFile(file, '--static-challenge-file')
          .toString('utf8')
          .replace(/\r?\n$/, '');
  return challenge === '' ? undefined : challenge;
}

/** The local cloud signs in by itself; elsewhere whoever names the audience does. */
function openManagement(
  isLocal: boolean,
  appUrl: string,
  { audience }: RawDoctorOptions,
  terminal: Terminal,
): ManagementClient | undefined {
  if (isLocal) return createManagementClient(openAccess({}, terminal), terminal);
  const named = audience ?? defaultAudience(terminal);
  return named
    ? createManagementClient(openAccess({ url: appUrl, audience: named }, terminal), terminal)
    : undefined;
}

function parseThumbprint(text: string): string {
  const hex = text.replace(/[\s:]/g, '').toUpperCase();
  if (/^[0-9A-F]{40}$/.test(hex)) return hex;
  throw usageError('--thumbprint is no SHA-1 thumbprint.', 'It has 40 hex digits, as Windows shows it.');
}
