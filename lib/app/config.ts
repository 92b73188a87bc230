/** @module From the environment to a checked configuration. The only reader of process.env. */
import { SkepError } from '../base/errors.js';
import { parseSettings, type Settings } from './settings.js';

export interface Config {
  readonly settings: Settings;
  /** Where devices reach this app over plain HTTP; no trailing slash. */
  readonly publicUrl: string;
}

/**
 * @param environment default: the process's own.
 * @throws {SkepError} `ERR_CONFIG` naming every setting that is wrong, and no value.
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const result = parseSettings(environment);
  if ('problems' in result) throw new SkepError('ERR_CONFIG', { detail: result.problems.join('; ') });
  const { settings } = result;
  const problems = contradictions(settings);
  const host = environment['WEBSITE_HOSTNAME'];
  const publicUrl = settings.SKEP_PUBLIC_URL ?? (host ? `http://${host}` : undefined);
  if (!publicUrl) problems.push('SKEP_PUBLIC_URL is needed outside Azure');
  if (problems.length > 0 || !publicUrl) throw new SkepError('ERR_CONFIG', { detail: problems.join('; ') });
  return { settings, publicUrl };
}

/** What no single setting can be blamed for. */
function contradictions(settings: Settings): string[] {
  const problems: string[] = [];
  if (settings.SKEP_KEYS === 'file' && !settings.SKEP_KEYS_FOLDER) {
    problems.push('SKEP_KEYS_FOLDER is needed when SKEP_KEYS is file');
  }
  if (settings.SKEP_KEYS === 'vault' && !settings.SKEP_VAULT_URL) {
    problems.push('SKEP_VAULT_URL is needed when SKEP_KEYS is vault');
  }
  if (settings.SKEP_VAULT_SIMULATOR_CERTIFICATE && !isOnThisMachine(settings.SKEP_VAULT_URL)) {
    problems.push('SKEP_VAULT_SIMULATOR_CERTIFICATE goes with a simulator at 127.0.0.1 only');
  }
  if (!settings.SKEP_STORAGE_CONNECTION && !(settings.SKEP_TABLES_URL && settings.SKEP_BLOBS_URL)) {
    problems.push('SKEP_TABLES_URL and SKEP_BLOBS_URL are needed');
  }
  if (Boolean(settings.SKEP_INTUNE_CLIENT_ID) !== Boolean(settings.SKEP_INTUNE_CLIENT_SECRET)) {
    problems.push('SKEP_INTUNE_CLIENT_ID and SKEP_INTUNE_CLIENT_SECRET go together');
  }
  if (settings.SKEP_INTUNE_CLIENT_ID && !settings.SKEP_TENANT_ID) {
    problems.push('SKEP_TENANT_ID is needed beside SKEP_INTUNE_CLIENT_ID');
  }
  if (settings.SKEP_API_AUDIENCE && !settings.SKEP_TENANT_ID && !settings.SKEP_API_ISSUER) {
    problems.push('SKEP_TENANT_ID is needed beside SKEP_API_AUDIENCE');
  }
  const checked = settings.SKEP_DIRECTORY === 'on' && settings.SKEP_IDENTITY_CHECK !== 'off';
  if (settings.SKEP_DIRECTORY === 'on' && !settings.SKEP_INTUNE) {
    problems.push('SKEP_DIRECTORY is for certificates of Intune’s endpoints, and SKEP_INTUNE is false');
  }
  if (settings.SKEP_DIRECTORY === 'off' && settings.SKEP_OCSP_DIRECTORY === 'live') {
    problems.push('SKEP_OCSP_DIRECTORY needs SKEP_DIRECTORY');
  }
  if (settings.SKEP_DIRECTORY === 'off' && settings.SKEP_IDENTITY_CHECK === 'on') {
    problems.push('SKEP_IDENTITY_CHECK needs SKEP_DIRECTORY');
  }
  if (settings.SKEP_ADD_SID_EXTENSION && !checked) {
    problems.push('SKEP_ADD_SID_EXTENSION needs SKEP_DIRECTORY with the identity check');
  }
  return problems;
}

const isOnThisMachine = (url: string | undefined): boolean =>
  url !== undefined && new URL(url).hostname === '127.0.0.1';

/** Whether callers show Entra tokens; decides how a route is registered, so it is asked before there is an app. */
export function hasApiAudience(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  return Boolean(environment['SKEP_API_AUDIENCE']);
}
