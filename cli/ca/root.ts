/** @module Making a root and installing it: for `skep ca init` and `skep setup`. */
import type { CaRecord } from '../../lib/keys/ca-certificates.js';
import { createRoot, replaceCa } from '../../lib/keys/ca-life.js';
import type { Report } from './report.js';
import type { CaTools, OpenedCaKey } from './tools.js';

export interface RootWish {
  readonly key: OpenedCaKey;
  readonly subject: string;
  readonly years: number;
  /** What was read before; the root is not installed over anything else. */
  readonly replaces: Awaited<ReturnType<CaTools['cas']['load']>>;
  readonly report: Report;
}

export async function installRoot(tools: CaTools, wish: RootWish): Promise<CaRecord> {
  const { key, subject, years, replaces, report } = wish;
  report.step('Signing the root with the key: one operation of the vault.');
  const { clock, random, mode } = tools;
  const record = await createRoot({ key, subject, years, mode, clock, random });
  await tools.cas.save(replaceCa(record), replaces?.version);
  return record;
}
