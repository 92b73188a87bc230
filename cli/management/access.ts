/** @module Which app a management command talks to, and as whom: the local cloud, or one in Azure. */
import { Option, type Command } from 'commander';
import * as v from 'valibot';
import { localManagement } from '../ready-file.js';
import { CliError, EXIT, usageError, type Terminal } from '../terminal.js';

export interface Access {
  /** Of the management functions; no slash at the end. */
  readonly url: string;
  readonly token: () => Promise<string>;
}

export interface AccessOptions {
  readonly url?: string;
  readonly audience?: string;
  readonly json?: boolean;
}

/** The options that every management command has. The environment names their defaults. */
export function addAccessOptions(command: Command, terminal: Terminal): Command {
  const option = (flags: string, about: string, value: string | undefined) =>
    new Option(flags, about).default(value);
  return command
    .addOption(
      option(
        '--url <url>',
        'the app, e.g. https://skep.azurewebsites.net; or SKEP_URL; else the local cloud',
        defaultUrl(terminal),
      ),
    )
    .addOption(
      option(
        '--audience <id>',
        'with --url: the audience of its tokens; or SKEP_API_AUDIENCE, as the app has it',
        defaultAudience(terminal),
      ),
    )
    .option('--json', 'print one JSON value and nothing else');
}

/** The app that is meant where nothing else says so; undefined: the local cloud's. */
export const defaultUrl = ({ env }: Terminal): string | undefined => env['SKEP_URL'] || undefined;

/** The app takes several audiences; a token is asked for the first. */
export const defaultAudience = ({ env }: Terminal): string | undefined =>
  env['SKEP_API_AUDIENCE']?.split(/[\s,;]+/).find(Boolean);

/** @throws {CliError} when the options do not fit, or no local cloud runs. */
export function openAccess({ url, audience }: AccessOptions, terminal: Terminal): Access {
  if (url === undefined) return localAccess(terminal);
  if (audience === undefined)
    throw usageError(
      '--url needs --audience.',
      'It is the app’s setting SKEP_API_AUDIENCE; docs/management-api.md says how it comes about.',
    );
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address?.protocol !== 'https:') {
    throw usageError(
      '--url (or SKEP_URL) must be an https address.',
      'A token never travels over plain HTTP.',
    );
  }
  return {
    url: `${address.origin}${address.pathname.replace(/\/+$/, '')}/manage`,
    token: () => signIn(`${audience.replace(/\/$/, '')}/.default`),
  };
}

/** With what the machine is signed in with (az, azd, a managed identity), else in the browser. @throws {CliError} */
export async function signIn(scope: string): Promise<string> {
  const { ChainedTokenCredential, DefaultAzureCredential, InteractiveBrowserCredential } =
    await import('@azure/identity');
  const credential = new ChainedTokenCredential(
    new DefaultAzureCredential(),
    new InteractiveBrowserCredential({}),
  );
  try {
    return (await credential.getToken(scope)).token;
  } catch (cause) {
    throw new CliError(
      EXIT.failed,
      'ERR_SIGN_IN',
      `Entra gave no token for ${scope}${entraCode(cause)}.`,
      'Sign in with `az login`, and check the audience and your app roles: docs/management-api.md.',
      { cause },
    );
  }
}

/** The library says what each of the machine's sign-ins said; Entra's own code is the part that can be looked up. */
function entraCode(cause: unknown): string {
  const [code] = /AADSTS\d+/.exec(cause instanceof Error ? cause.message : '') ?? [];
  return code === undefined ? '' : `: ${code}; see \`skep explain ${code}\``;
}

const TokenAnswer = v.object({ access_token: v.string() });
const TIMEOUT_MS = 10_000;

function localAccess(terminal: Terminal): Access {
  const { url, tokenUrl, clientId, clientSecret, scope } = localManagement(terminal);
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope,
  };
  return {
    url,
    async token() {
      try {
        const response = await terminal.fetch(tokenUrl, {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams(form).toString(),
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        return v.parse(TokenAnswer, await response.json()).access_token;
      } catch (cause) {
        throw new CliError(
          EXIT.failed,
          'ERR_SIGN_IN',
          `The local cloud gave no token at ${tokenUrl}.`,
          'Is it still running? Start it again with `npm start`.',
          { cause },
        );
      }
    },
  };
}
