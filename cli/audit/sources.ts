/** @module Where the vault's audit log and Intune's list come from: files, the query API, or the local cloud's simulators. */
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { readFile } from '../files.js';
import { signIn } from '../management/access.js';
import { hasLocalVault, localIntune, localVault } from '../ready-file.js';
import { CliError, EXIT, type Terminal } from '../terminal.js';
import { parseIntuneRecords } from './intune-records.js';
import type { IntuneRecord } from './model.js';
import { parseSignatures, type VaultSignature } from './vault-rows.js';

export interface SourceOptions {
  /** Unset: the local cloud is meant. */
  readonly url?: string;
  readonly vaultLog?: string;
  readonly workspace?: string;
  readonly intune?: string;
  /** Name of the CA key. */
  readonly key: string;
  readonly from: Date;
  readonly until: Date;
}

const QUERY_API = 'https://api.loganalytics.io';
const TIMEOUT_MS = 180_000;

/** `undefined` when there is nothing to compare with. @throws {CliError} */
export async function readSignatures(
  options: SourceOptions,
  terminal: Terminal,
): Promise<readonly VaultSignature[] | undefined> {
  const { vaultLog, workspace, url, key } = options;
  if (vaultLog !== undefined)
    return parseSignatures(readFile(vaultLog, '--vault-log').toString(), key, vaultLog);
  if (workspace !== undefined) {
    return parseSignatures(await queryWorkspace(workspace, options, terminal), key, 'The workspace’s answer');
  }
  if (url !== undefined || !hasLocalVault(terminal)) return undefined;
  const { url: vault, certificate } = localVault(terminal);
  return parseSignatures(await getTrusting(`${vault}/_sim/audit`, certificate), key, vault);
}

/** `undefined` when there is nothing to compare with. @throws {CliError} */
export async function readIntune(
  { intune, url }: SourceOptions,
  terminal: Terminal,
): Promise<readonly IntuneRecord[] | undefined> {
  if (intune !== undefined) return parseIntuneRecords(readFile(intune, '--intune').toString(), intune);
  const simulator = url === undefined ? localIntune(terminal) : undefined;
  if (simulator === undefined) return undefined;
  const address = `${simulator}/_sim/certificates`;
  const response = await terminal.fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw unreachable(address, `HTTP ${response.status}`);
  return parseIntuneRecords(await response.text(), address);
}

async function queryWorkspace(
  workspace: string,
  { from, until }: SourceOptions,
  { fetch }: Terminal,
): Promise<string> {
  const address = `${QUERY_API}/v1/workspaces/${encodeURIComponent(workspace)}/query`;
  const response = await fetch(address, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await signIn(`${QUERY_API}/.default`)}`,
      'content-type': 'application/json',
    },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    body: JSON.stringify({
      query: "union isfuzzy=true AZKVAuditLogs, AzureDiagnostics | where OperationName == 'KeySign'",
      timespan: `${from.toISOString()}/${until.toISOString()}`,
    }),
  });
  if (!response.ok) throw unreachable(address, `HTTP ${response.status}`);
  return response.text();
}

/** The simulator makes its own TLS certificate. */
function getTrusting(address: string, certificate: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(address, { ca: certificate, timeout: TIMEOUT_MS }, (incoming) => {
      text(incoming).then(resolve, reject);
    });
    outgoing.on('error', (cause) => {
      reject(unreachable(address, cause.message));
    });
    outgoing.end();
  });
}

const unreachable = (address: string, why: string): CliError =>
  new CliError(
    EXIT.failed,
    'ERR_UNREACHABLE',
    `${address} does not answer as it should (${why}).`,
    'Check the address and your rights; docs/audit.md says how to export the data and give a file instead.',
  );
