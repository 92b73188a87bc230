/** @module The CA of the deployment: whether there is one, and making a root where there is none. */
import type { CaRecord } from '../../lib/keys/ca-certificates.js';
import { settleCas } from '../../lib/keys/ca-life.js';
import { installRoot } from '../ca/root.js';
import type { Report } from '../ca/report.js';
import { createTools, type CaTools } from '../ca/tools.js';
import { explainClientError } from '../client-advice.js';
import type { CliError, Terminal } from '../terminal.js';
import type { CaPlace } from './deployment.js';

export type CaPlan =
  /** Nobody said where it is, or it is in files: nothing to do here. */
  | { readonly state: 'unknown' | 'files' }
  | { readonly state: 'present'; readonly record: CaRecord }
  /** Without a name none is made: an offline root may be meant. */
  | { readonly state: 'missing'; readonly tools: CaTools; readonly subject?: string }
  | { readonly state: 'unreadable'; readonly failure: CliError };

/** Reads only, and never throws for what it cannot read: roles can be granted by somebody without access to the vault. */
export async function planCa(
  place: CaPlace,
  subject: string | undefined,
  terminal: Terminal,
): Promise<CaPlan> {
  if (place.kind === 'none') return { state: 'unknown' };
  if (place.kind === 'files') return { state: 'files' };
  try {
    const raw = place.kind === 'vault' ? place : { key: 'skep-ca', mode: 'ra' };
    const tools = createTools(raw, terminal);
    const set = await tools.cas.read();
    if (set) return { state: 'present', record: settleCas(set, tools.clock.now()).current };
    return { state: 'missing', tools, ...(subject === undefined ? {} : { subject }) };
  } catch (thrown) {
    return { state: 'unreadable', failure: explainClientError(thrown) };
  }
}

/** @throws {CliError | SkepError} when vault or storage refuse, or somebody else was faster. */
export async function makeRoot({
  tools,
  subject,
  years,
  report,
}: {
  tools: CaTools;
  subject: string;
  years: number;
  report: Report;
}): Promise<CaRecord> {
  report.step(`Opening the key ${tools.keyName} in ${tools.vault.url}.`);
  const key = await tools.openKey();
  return installRoot(tools, { key, subject, years, replaces: undefined, report });
}
