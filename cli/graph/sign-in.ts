/** @module Who is asking Microsoft Graph: a person, by Azure CLI or by a code that they type; the simulator's own, locally. */
import type { AccessToken, TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import type { DeviceCodeCredentialOptions } from '@azure/identity';
import * as v from 'valibot';
import { parseJsonObject } from '../../lib/microsoft/json.js';
import { readTokenRoles, readTokenScopes } from '../../lib/microsoft/token-roles.js';
import { createHttpClient } from '../http-client.js';
import { CliError, EXIT, type Terminal } from '../terminal.js';
import type { GraphPlace } from './clouds.js';

export interface SignInOptions {
  readonly place: GraphPlace;
  /** Id or domain. Default: that of whoever signs in. */
  readonly tenant?: string;
  /** Delegated permissions that the command needs, e.g. `Application.Read.All`. */
  readonly permissions: readonly string[];
  readonly note: (text: string) => void;
}

/** Microsoft Graph Command Line Tools: a public client of Microsoft's for which any permission can be asked. */
const GRAPH_COMMAND_LINE = '14d82eec-204b-4c2f-b7e8-296a70dab67e';
const AZURE_CLI_TIMEOUT_MS = 30_000;

/** Reaches nothing until the first token is asked for; the scope asked for is not looked at. */
export function createSignIn(options: SignInOptions, terminal: Terminal): TokenCredential {
  let chosen: Promise<(abort?: TokenOptions) => Promise<AccessToken>> | undefined;
  return {
    getToken: async (_scopes, tokenOptions) => {
      const get = await (chosen ??= choose(options, terminal));
      return get(tokenOptions);
    },
  };
}

type TokenOptions = NonNullable<Parameters<TokenCredential['getToken']>[1]>;
type Source = (options?: TokenOptions) => Promise<AccessToken>;

async function choose(options: SignInOptions, terminal: Terminal): Promise<Source> {
  const { place, note, permissions } = options;
  if (place.authority === undefined) return () => signInLocally(place, terminal);
  const cli = place.foreignAuthority ? undefined : await tryAzureCli(options);
  if (cli && permissions.every((permission) => holds(cli.token, permission))) return cli.source;
  if (cli)
    note('Azure CLI’s sign-in does not carry the permissions that this needs; another one is asked for.');
  return signInByCode(options, place.authority, terminal);
}

async function tryAzureCli({ place, tenant }: SignInOptions) {
  const { AzureCliCredential } = await import('@azure/identity');
  const credential = new AzureCliCredential({
    processTimeoutInMs: AZURE_CLI_TIMEOUT_MS,
    ...(tenant === undefined ? {} : { tenantId: tenant }),
  });
  const ask: Source = (options) => credential.getToken(`${place.resource}/.default`, options);
  // It is not there, or nobody is signed in to it, or not to this tenant.
  let first = await ask().catch(() => undefined);
  if (!first) return undefined;
  // Azure CLI takes seconds: its first token is used and not only looked at.
  const source: Source = async (options) => {
    const token = first ?? (await ask(options));
    first = undefined;
    return token;
  };
  return { token: first.token, source };
}

/** Broader permissions that include one of ours, for whoever may use them. */
const BROADER: Readonly<Record<string, readonly string[]>> = {
  'Application.Read.All': ['Application.ReadWrite.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'],
  'AppRoleAssignment.ReadWrite.All': ['Directory.AccessAsUser.All'],
};

function holds(token: string, permission: string): boolean {
  const held = [...readTokenScopes(token), ...readTokenRoles(token)];
  return [permission, ...(BROADER[permission] ?? [])].some((name) => held.includes(name));
}

async function signInByCode(
  { place, tenant, permissions }: SignInOptions,
  authorityHost: string,
  terminal: Terminal,
): Promise<Source> {
  const { DeviceCodeCredential } = await import('@azure/identity');
  const scopes = permissions.map((permission) => `${place.resource}/${permission}`);
  const client = createListeningClient(createHttpClient(terminal.fetch));
  const settings: DeviceCodeCredentialOptions = {
    clientId: GRAPH_COMMAND_LINE,
    tenantId: tenant ?? 'organizations',
    authorityHost,
    disableInstanceDiscovery: place.foreignAuthority,
    httpClient: client,
    // Beside the output, which may be JSON.
    userPromptCallback: ({ message }) => {
      terminal.err(`${terminal.colors.bold('Sign in:')} ${message}\n`);
    },
  };
  const credential = new DeviceCodeCredential(settings);
  return async (options) => {
    try {
      return await credential.getToken(scopes, options);
    } catch (cause) {
      throw refused(cause, client.reason());
    }
  };
}

/** The sign-in library keeps Entra's sentence for itself, which names the reason: a policy, a consent, a wrong tenant. */
function createListeningClient(client: HttpClient): HttpClient & { reason(): string | undefined } {
  let reason: string | undefined;
  return {
    reason: () => reason,
    async sendRequest(request) {
      const response = await client.sendRequest(request);
      const words = parseJsonObject(response.bodyAsText ?? '')?.['error_description'];
      reason =
        typeof words === 'string'
          ? /^AADSTS\d+: [^\r\n]*?(?= Trace ID|[\r\n]|$)/.exec(words)?.[0]
          : undefined;
      return response;
    },
  };
}

const refused = (cause: unknown, reason: string | undefined): CliError =>
  new CliError(
    EXIT.failed,
    'ERR_SIGN_IN',
    reason === undefined ? 'Nobody signed in to Microsoft Graph.' : `Entra let nobody sign in: ${reason}`,
    'Run it again and enter the code in time, or run `az login` before; check --tenant.',
    { cause },
  );

const SimulatorSettings = v.object({
  tokenUrl: v.string(),
  graphScope: v.string(),
  administrator: v.string(),
  administratorPassword: v.string(),
});
const TokenAnswer = v.object({ access_token: v.string(), expires_in: v.number() });
const LOCAL_TIMEOUT_MS = 10_000;

/** The simulator tells whoever asks how to sign in to it: its tokens open nothing else. */
async function signInLocally({ baseUrl }: GraphPlace, { fetch }: Terminal): Promise<AccessToken> {
  const signal = AbortSignal.timeout(LOCAL_TIMEOUT_MS);
  try {
    const answer = await fetch(`${baseUrl}/_sim/settings`, { signal, redirect: 'error' });
    const settings = v.parse(SimulatorSettings, await answer.json());
    const form = {
      grant_type: 'password',
      client_id: GRAPH_COMMAND_LINE,
      username: settings.administrator,
      password: settings.administratorPassword,
      scope: settings.graphScope,
    };
    const response = await fetch(settings.tokenUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
      redirect: 'error',
      signal,
    });
    const { access_token: token, expires_in: seconds } = v.parse(TokenAnswer, await response.json());
    return { token, expiresOnTimestamp: Date.now() + seconds * 1000 };
  } catch (cause) {
    throw new CliError(
      EXIT.failed,
      'ERR_SIGN_IN',
      `No simulator gives tokens at ${baseUrl}.`,
      'Is the local cloud still running? Start it again with `npm start`.',
      { cause },
    );
  }
}
