/** @module `skep ca show`: the CA certificates, and whether the vault holds the keys to them. */
import { Command } from 'commander';
import { settleCas } from '../../lib/keys/ca-life.js';
import type { CaRecord } from '../../lib/keys/ca-certificates.js';
import { belongsTo } from '../../lib/keys/fitness.js';
import { toSkepError } from '../../lib/base/errors.js';
import { parseCertificate } from '../../lib/pki/certificate.js';
import { CliError, EXIT, type Terminal } from '../terminal.js';
import { recordFacts, recordLines } from './describe.js';
import { createReport } from './report.js';
import { addToolOptions, createTools, type CaTools, type RawToolOptions } from './tools.js';

export function createCaShowCommand(terminal: Terminal): Command {
  const command = new Command('show').description(
    'Show the current CA, the next one, former ones, and whether the vault key belongs to them.',
  );
  return addToolOptions(command, terminal).action((raw: RawToolOptions) => show(raw, terminal));
}

async function show(raw: RawToolOptions, terminal: Terminal): Promise<void> {
  const report = createReport(terminal, raw.json ?? false);
  const tools = createTools(raw, terminal);
  const set = await tools.cas.read();
  if (!set) {
    throw new CliError(
      EXIT.failed,
      'ERR_AUTHORITY_MISSING',
      'There is no CA yet.',
      'Run `skep ca init`, or `skep ca csr` and `skep ca install`.',
    );
  }
  const { current, next, former } = settleCas(set, tools.clock.now());
  const currentKey = await lookAtKey(tools, current);
  const nextKey = next && (await lookAtKey(tools, next));
  report.finish(
    {
      current: { ...recordFacts(current), vault: currentKey },
      next: next ? { ...recordFacts(next), cutOver: next.cutOver.toISOString(), vault: nextKey } : null,
      former: former.map(recordFacts),
    },
    [
      'Current CA',
      ...recordLines(current),
      `  In vault    ${currentKey.text}`,
      ...(next
        ? [
            `Next CA, from ${next.cutOver.toISOString()}`,
            ...recordLines(next),
            `  In vault    ${nextKey?.text ?? ''}`,
          ]
        : []),
      ...former.flatMap((record) => ['Former CA', ...recordLines(record)]),
    ],
  );
}

interface KeyState {
  readonly belongs: boolean;
  /** What the key permits; empty when it could not be read. */
  readonly operations: readonly string[];
  readonly text: string;
}

async function lookAtKey(tools: CaTools, { certificate, keyVersion }: CaRecord): Promise<KeyState> {
  try {
    const { signer, operations, hsm } = await tools.openKey(keyVersion);
    const belongs = belongsTo(parseCertificate(certificate), signer.publicKey);
    const text = belongs
      ? `the key belongs to the certificate; it is ${hsm ? 'in an HSM' : 'protected by software'} and permits ${operations.join(', ')}`
      : 'the key does NOT belong to the certificate';
    return { belongs, operations, text };
  } catch (thrown) {
    const { message } = toSkepError(thrown);
    return { belongs: false, operations: [], text: `the key cannot be read: ${message}` };
  }
}
