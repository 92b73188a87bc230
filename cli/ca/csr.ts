/** @module `skep ca csr`: a request for an offline or company root to sign. */
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { settleCas } from '../../lib/keys/ca-life.js';
import { signCaRequest } from '../../lib/keys/certificates.js';
import { encodePem } from '../../lib/keys/pem.js';
import type { Terminal } from '../terminal.js';
import { ensureNextKey } from './next-key.js';
import { createReport, type Report } from './report.js';
import { addToolOptions, createTools, type CaTools, type OpenedCaKey, type RawToolOptions } from './tools.js';

interface RawCsrOptions extends RawToolOptions {
  readonly subject: string;
  readonly out: string;
  readonly createKey?: boolean;
}

export function createCsrCommand(terminal: Terminal): Command {
  const command = new Command('csr')
    .description('Make a certification request over the CA key in the vault, for another CA to sign.')
    .requiredOption('--subject <name>', 'e.g. "CN=Contoso Device CA,O=Contoso"')
    .option('--out <file>', 'where to write the request, PEM', 'skep-ca.csr.pem')
    .option('--create-key', 'for the successor of a CA: make a new version of the key first');
  return addToolOptions(command, terminal).action((raw: RawCsrOptions) => requestCertificate(raw, terminal));
}

async function requestCertificate(raw: RawCsrOptions, terminal: Terminal): Promise<void> {
  const report = createReport(terminal, raw.json ?? false);
  const tools = createTools(raw, terminal);
  report.step(`Opening the key ${tools.keyName} in ${tools.vault.url}.`);
  const key = await chooseKey(tools, raw.createKey ?? false, report);
  report.step('Signing the request with the key: one operation of the vault.');
  const { signer, version } = key;
  const pem = encodePem(
    'CERTIFICATE REQUEST',
    await signCaRequest({ subject: raw.subject, signer, mode: tools.mode }),
  );
  writeFileSync(raw.out, pem);
  report.finish(
    { status: 'requested', file: raw.out, key: { name: tools.keyName, version }, pem },
    [`The request is in ${raw.out}.`],
    'have it signed as a subordinate CA (pathLenConstraint 0); put its certificate and those above it, up to the root, into one PEM file; then `skep ca install FILE`, with --cut-over DATE for a successor.',
  );
}

async function chooseKey(tools: CaTools, create: boolean, report: Report): Promise<OpenedCaKey> {
  const stored = create ? await tools.cas.load() : undefined;
  if (!stored) return tools.openKey();
  return ensureNextKey(tools, settleCas(stored.set, tools.clock.now()), { create, report });
}
